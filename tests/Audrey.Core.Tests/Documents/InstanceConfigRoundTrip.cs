using System.Text.Json;
using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Core.Limits;
using CsCheck;

namespace Audrey.Core.Tests.Documents;

public sealed class InstanceConfigRoundTrip
{
    private static readonly DocumentLimits Limits = new();

    [Fact]
    public void A_written_config_is_read_back_unchanged() => Configs.Any.Sample(config =>
    {
        var result = InstanceConfigXml.Parse(InstanceConfigXml.Write(config), Limits);
        Assert.Empty(result.Findings);
        Assert.Equal(JsonSerializer.Serialize(config), JsonSerializer.Serialize(result.Value));
    }, iter: 2000);

    [Fact]
    public void Every_config_of_a_valid_document_satisfies_the_rules_for_configs() =>
        Configs.Any.Sample(config => Assert.Empty(InstanceConfigRules.Problems(config, Limits)), iter: 500);

    [Fact]
    public void A_value_that_is_not_text_is_refused_with_its_name_but_without_its_bytes()
    {
        var error = Assert.Throws<ArgumentException>(() => InstanceConfigXml.Write(WithValue([0xff, 0x41])));
        Assert.Equal(
            "an instance config document cannot express this:  the value of parameter port of service web is not text in "
            + "UTF-8", error.Message);
    }

    [Fact]
    public void A_value_with_a_character_that_XML_cannot_express_is_refused()
    {
        var error = Assert.Throws<ArgumentException>(() => InstanceConfigXml.Write(WithValue([0x41, 0x00])));
        Assert.EndsWith(
            "the value of parameter port of service web contains a character that XML cannot express, at position 2",
            error.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_without_an_executable_is_refused()
    {
        var config = Configs.With(Configs.Service("web", Configs.File("a", "b")) with { Executable = null });
        Assert.Contains(
            "has files and no executable",
            Assert.Throws<ArgumentException>(() => InstanceConfigXml.Write(config)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_mix_of_both_formats_of_services_is_refused()
    {
        var config = Configs.With(Configs.Service("web"), new ServiceConfig { Name = "sshd" });
        Assert.Contains(
            "service sshd has no executable",
            Assert.Throws<ArgumentException>(() => InstanceConfigXml.Write(config)).Message,
            StringComparison.Ordinal);
    }

    private static InstanceConfig WithValue(byte[] value) =>
        Configs.With(Configs.Service("web") with { Parameters = [new ParameterConfig { Name = "port", Value = value }] });

    [Fact]
    public void Groups_and_typed_parameters_cannot_be_written_as_XML()
    {
        var plain = new ParameterConfig { Name = "port", Value = "80"u8.ToArray() };
        var reference = new ParameterConfig
        {
            Name = "port",
            Reference = new(
            InstanceId.Parse("db"), ReferenceKind.ProvidedParameter, "port")
        };
        var group = new GroupReference { Assembly = "db", Kind = ReferenceKind.ProvidedParameter, Name = "port" };
        (InstanceConfig Config, string Problem)[] cases =
        [
            (Configs.With() with { Ordinal = 0 }, "the instance is a member of a group"),
            (Configs.With() with { ProvidedParameters = ["key"], SecretParameters = ["key"] }, "provided parameter key is secret"),
            (With(new() { Name = "port", Group = group }), "parameter port of service web refers to a group"),
            (With(reference with { Default = "5432"u8.ToArray() }), "parameter port of service web has a default"),
            (With(plain with { Secret = true }), "parameter port of service web is secret"),
            (With(plain with { Type = ParameterType.Integer }), "parameter port of service web is of type Integer"),
        ];
        foreach (var (config, problem) in cases)
        {
            var error = Assert.Throws<ArgumentException>(() => InstanceConfigXml.Write(config));
            Assert.Equal("an instance config document cannot express this:  " + problem, error.Message);
        }

        static InstanceConfig With(ParameterConfig parameter) => Configs.With(Configs.Service("web") with { Parameters = [parameter] });
    }
}
