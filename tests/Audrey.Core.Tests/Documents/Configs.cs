using System.Collections.Immutable;
using System.Text;
using Audrey.Core.Documents;
using Audrey.Core.Ids;
using CsCheck;

namespace Audrey.Core.Tests.Documents;

/// <summary>Creates instance configs for tests. The configs are specific ones, or random ones that the XML format can express.</summary>
internal static class Configs
{
    private const string TextCharacters = "abcXYZ019 \t\r\n<>&\"'|]\u0085\u00e9\u2028\ud83d\ude80";

    /// <summary>Returns a config with these services.</summary>
    public static InstanceConfig With(params ServiceConfig[] services) => new()
    {
        Id = InstanceId.Parse("i-1"),
        Name = "web",
        Secret = "secret",
        Deployable = DeployableId.Parse("shop"),
        DeployableName = "Shop",
        Services = [.. services],
    };

    /// <summary>Returns a service with a script and files.</summary>
    public static ServiceConfig Service(string name, params SourceFile[] files) => new()
    {
        Name = name,
        Executable = new SourceFile { Contents = "#!/bin/sh\n" },
        Files = [.. files],
    };

    /// <summary>Returns an inline file.</summary>
    public static SourceFile File(string name, string contents) => new() { FileName = name, Contents = contents };

    /// <summary>Generates any config that the format can express.</summary>
    public static Gen<InstanceConfig> Any { get; } = Make();

    private static Gen<InstanceConfig> Make()
    {
        // Strings are built from whole characters. No string ends between the two surrogates of a character.
        var runes = TextCharacters.EnumerateRunes().Select(rune => rune.ToString()).ToArray();
        var text = Gen.Int[0, runes.Length - 1].Select(i => runes[i]).Array[0, 12].Select(string.Concat);
        var name = Gen.Char["abcdefghij-_. XYZ0"].Array[1, 8].Select(letters => new string(letters) + "x");
        var title = Gen.Char["abc |&<>\"'\u00e9"].Array[1, 8].Select(letters => new string(letters));
        var names = name.Array[0, 4].Select(values => values.Distinct().ToImmutableArray());

        var value = text.Select(given => new ParameterConfig { Name = "", Value = Encoding.UTF8.GetBytes(given) });
        var reference = Gen.Select(name, name, Gen.Bool).Select((provider, what, end) => new ParameterConfig
        {
            Name = "",
            Reference = new ParameterReference(
                InstanceId.Parse(provider.Trim()), end ? ReferenceKind.ServiceEnd : ReferenceKind.ProvidedParameter, what),
        });
        var parameters = Gen.Select(names, Gen.OneOf(value, reference).Array[4])
            .Select((called, given) => called.Select((each, i) => given[i] with { Name = each }).ToImmutableArray());

        var byUrl = name.Select(path => new SourceFile { Url = "https://h.example/" + path.Trim() });
        var executable = Gen.OneOf(byUrl, text.Select(contents => new SourceFile { Contents = contents }));
        var files = Gen.Select(names, text.Array[4]).Select(
            (called, contents) => called.Select((each, i) => File(each, contents[i])).ToImmutableArray());
        var service = Gen.Select(executable, files, parameters)
            .Select((run, with, needs) => new ServiceConfig { Name = "", Executable = run, Files = with, Parameters = needs });
        var puppet = Gen.Select(title.Array[0, 3], parameters)
            .Select((classes, needs) => new ServiceConfig { Name = "", Classes = [.. classes], Parameters = needs });
        var services = Gen.Select(names, Gen.OneOf(service.Array[4], puppet.Array[4]))
            .Select((called, given) => called.Select((each, i) => given[i] with { Name = each }).ToImmutableArray());

        return Gen.Select(title, text, title, names, services, Gen.Bool)
            .Select((called, secret, deployable, provided, runs, more) => With() with
            {
                Name = called,
                Secret = secret + "s",
                Type = more ? secret : null,
                DeployableName = deployable,
                Template = more ? called : null,
                ProvidedParameters = provided,
                Services = runs,
            });
    }
}
