using Audrey.Core.Xml;

using static Audrey.Core.Xml.ChildShape;

namespace Audrey.Core.Documents;

/// <summary>
/// The elements of an instance config. The parser checks the rules of the form "exactly one of", because a table cannot express them
/// clearly.
/// </summary>
internal static class InstanceConfigSchema
{
    public static readonly ElementShape InstanceConfig = new("instance-config")
    {
        Required = ["id", "name", "secret"],
        Optional = ["type"],
        Children = [One("deployable"), ZeroOrOne("template"), ZeroOrOne("provided-parameters"), ZeroOrOne("services")],
    };

    public static readonly ElementShape Deployable = new("deployable") { Required = ["name", "id"] };

    public static readonly ElementShape Template = new("template") { Required = ["name"] };

    public static readonly ElementShape ProvidedParameters = new("provided-parameters") { Children = [ZeroOrMore("provided-parameter")] };

    public static readonly ElementShape ProvidedParameter = new("provided-parameter") { Required = ["name"] };

    public static readonly ElementShape Services = new("services") { Children = [ZeroOrMore("service"), ZeroOrOne("puppet")] };

    public static readonly ElementShape Service = new("service")
    {
        Required = ["name"],
        Children = [One("executable"), ZeroOrOne("files"), ZeroOrOne("parameters")],
    };

    public static readonly ElementShape Executable = new("executable") { Optional = ["url"], Children = [ZeroOrOne("contents")] };

    public static readonly ElementShape ExecutableContents = new("contents") { Optional = ["filename"] };

    public static readonly ElementShape Files = new("files") { Children = [OneOrMore("file")] };

    public static readonly ElementShape File = new("file") { Optional = ["url"], Children = [ZeroOrOne("contents")] };

    public static readonly ElementShape FileContents = new("contents") { Required = ["filename"] };

    public static readonly ElementShape Parameters = new("parameters") { Children = [OneOrMore("parameter")] };

    public static readonly ElementShape Parameter = new("parameter")
    {
        Required = ["name"],
        Children = [ZeroOrOne("value"), ZeroOrOne("reference")],
    };

    public static readonly ElementShape Value = new("value");

    public static readonly ElementShape Reference = new("reference")
    {
        Required = ["assembly"],
        Optional = ["provided-parameter", "service-parameter"],
    };

    /// <summary>The element of the config engine in the format of 2011.</summary>
    public static readonly ElementShape Puppet = new("puppet") { Children = [ZeroOrMore("service")] };

    /// <summary>A service in the format of 2011.</summary>
    public static readonly ElementShape PuppetService = new("service")
    {
        Required = ["name"],
        Children = [ZeroOrMore("class"), ZeroOrMore("parameter")],
    };

    public static readonly ElementShape Class = new("class") { Optional = ["name"] };
}
