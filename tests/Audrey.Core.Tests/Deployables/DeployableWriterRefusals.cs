using Audrey.Core.Deployables;
using Audrey.Core.Deployables.Xml;
using Audrey.Core.Deployables.Yaml;
using Audrey.Core.Documents;

namespace Audrey.Core.Tests.Deployables;

/// <summary>If a document format cannot express something, the writer's error names it without showing values.</summary>
public sealed class DeployableWriterRefusals
{
    private static readonly ServiceDocument Script = new() { Name = "http", Executable = new SourceFile { Contents = "true" } };
    private static readonly AssemblyDocument Web =
        new() { Name = "web", HardwareProfile = "large", Image = new ImageDocument("i", null), Services = [Script] };
    private static readonly ReferenceDocument Address =
        new() { Assembly = "web", Kind = ReferenceKind.ProvidedParameter, Name = "address" };

    public static TheoryData<string, string> NotInXml => new()
    {
        { "deadline", "the deployable has a deadline" },
        { "empty", "the deployable has no assembly" },
        { "stay", "the deployable says whether its guests stay" },
        { "stay of web", "assembly web says whether its guests stay" },
        { "count", "assembly web is a group of 3" },
        { "realm", "assembly web has a realm" },
        { "template", "assembly web has a template" },
        { "image", "assembly web has no image" },
        { "profile", "assembly web has no hardware profile" },
        { "return", "return password of assembly web is a secret" },
        { "puppet", "service http of assembly web is a puppet service, with classes and no executable" },
        { "type", "parameter p of service http of assembly web has the type integer" },
        { "default", "parameter p of service http of assembly web has a default" },
        { "group", "parameter p of service http of assembly web refers to a group" },
        { "both", "parameter p of service http of assembly web has both a value and a reference" },
        {
            "control",
            "the value of parameter p of service http of assembly web contains a character that XML cannot express, at position 8"
        },
    };

    public static TheoryData<string, string> NotInYaml => new()
    {
        { "empty", "the deployable has no assembly" },
        { "deadline", "the deadline is not of whole seconds, at least one and at most 365 days" },
        { "none", "assembly web has a negative count" },
        { "both", "parameter p of web[http] has both a value and a reference" },
        { "integer", "the value of parameter p of web[http] is not an integer; write decimal digits, with or without a leading minus" },
        { "lonely default", "parameter p of web[http] has a default and no reference" },
        { "group of text", "parameter p of web[http] refers to a group, but its type is not list" },
        { "classes", "service web[http] has both an executable and classes" },
        { "surrogate", "the value of parameter p of web[http] is not valid Unicode" },
    };

    [Theory]
    [MemberData(nameof(NotInXml))]
    public void The_writer_of_Deployable_1_0_refuses_deployables_that_the_format_cannot_express(string what, string problem) =>
        Assert.Equal(
            $"Deployable 1.0 cannot express this:  "
            + $"{problem}", Assert.Throws<ArgumentException>(() => DeployableXml.Write(Make(what))).Message);

    [Theory]
    [MemberData(nameof(NotInYaml))]
    public void The_writer_of_YAML_refuses_deployables_that_the_format_cannot_express(string what, string problem) =>
        Assert.Equal(
            $"a deployable in YAML cannot express this:  {problem}",
            Assert.Throws<ArgumentException>(() => DeployableYaml.Write(Make(what))).Message);

    private static DeployableDocument Make(string what) => what switch
    {
        "empty" => Of(Web) with { Assemblies = [] },
        "deadline" => Of(Web) with { Deadline = TimeSpan.FromMilliseconds(1500) },
        "stay" => Of(Web) with { Stay = false },
        "stay of web" => Of(Web with { Stay = true }),
        "count" => Of(Web with { Count = 3 }),
        "none" => Of(Web with { Count = -1 }),
        "realm" => Of(Web with { Realm = "eu" }),
        "template" => Of(Web with { Template = new TemplateDocument { Name = "t" } }),
        "image" => Of(Web with { Image = null }),
        "profile" => Of(Web with { HardwareProfile = null }),
        "return" => Of(Web with { Returns = [new ReturnDocument("password", Secret: true)] }),
        "puppet" => Of(Web with { Services = [new ServiceDocument { Name = "http", Classes = ["ntp"] }] }),
        "classes" => Of(Web with { Services = [Script with { Classes = ["ntp"] }] }),
        "type" => Of(new ParameterDocument { Name = "p", Type = ParameterType.Integer, Value = "1" }),
        "integer" => Of(new ParameterDocument { Name = "p", Type = ParameterType.Integer, Value = "private" }),
        "default" => Of(new ParameterDocument { Name = "p", Reference = Address, Default = "private" }),
        "lonely default" => Of(new ParameterDocument { Name = "p", Default = "private" }),
        "group" => Of(new ParameterDocument { Name = "p", Reference = Address with { First = 1 } }),
        "group of text" => Of(new ParameterDocument { Name = "p", Reference = Address with { AtLeast = 1 } }),
        "both" => Of(new ParameterDocument { Name = "p", Reference = Address, Value = "private" }),
        "control" => Of(new ParameterDocument { Name = "p", Value = "private\u0001" }),
        "surrogate" => Of(new ParameterDocument { Name = "p", Value = "private\ud83d" }),
        _ => throw new ArgumentOutOfRangeException(nameof(what)),
    };

    private static DeployableDocument Of(AssemblyDocument assembly) => new() { Name = "Shop", Assemblies = [assembly] };

    private static DeployableDocument Of(ParameterDocument parameter) =>
        Of(Web with { Services = [Script with { Parameters = [parameter] }] });
}
