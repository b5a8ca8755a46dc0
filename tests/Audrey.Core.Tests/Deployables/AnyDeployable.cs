using System.Collections.Immutable;
using Audrey.Core.Deployables;
using Audrey.Core.Documents;
using Audrey.Core.Text;
using CsCheck;

namespace Audrey.Core.Tests.Deployables;

/// <summary>Generates random deployables for tests: either any that Deployable 1.0 can express, or any that YAML can express.</summary>
internal static class AnyDeployable
{
    private const string TextCharacters = "abcXYZ019 \t\r\n<>&\"'|]#:-{}[],*!%@`\u0085\u00e9\u2028\ufeff\ud83d\ude80";

    private static readonly Gen<string> Text = TextOf(TextCharacters, 14);

    /// <summary>Strings that other YAML readers would misinterpret, and lines of scripts.</summary>
    private static readonly Gen<string> Value = Gen.OneOf(
        Text,
        Among(
            "no", "0644", "1:30", "~", "null", "true", "1e3", "- a", "a: b", "#", "", " ", "#!/bin/sh\nset -e\n\techo  x\n", "a\n\n",
            "a\n b\n", " a\nb", "a: ", "? x", "*x", "&x", "!x", "'", "\\"));

    private static readonly Gen<string> Name = TextOf("abcdefghij-_. XYZ0:#\u00e9", 8).Select(name => name + "x");

    private static readonly Gen<ImmutableArray<string>> Names = Name.Array[0, 4].Select(names => names.Distinct().ToImmutableArray());

    /// <summary>Generates any deployable that Deployable 1.0 can express.</summary>
    public static Gen<DeployableDocument> Of1 { get; } = Make(yaml: false);

    /// <summary>Generates any deployable that YAML can express.</summary>
    public static Gen<DeployableDocument> OfYaml { get; } = Make(yaml: true);

    private static Gen<DeployableDocument> Make(bool yaml)
    {
        var head = Gen.Select(Name, Among<string?>(null, "shop-1"), Text.Null(), Gen.Int[0, 400_000])
            .Select((name, id, description, seconds) => new DeployableDocument
            {
                Name = name,
                Id = id,
                Description = description,
                Deadline = yaml && seconds > 0 ? TimeSpan.FromSeconds(seconds) : null,
                Stay = yaml ? StayOf(seconds) : null,
            });
        return Gen.Select(head, Name.Array[1, 4], Assembly(yaml).Array[4], Gen.Int)
            .Select((document, names, assemblies, seed) =>
            {
                var unique = names.Distinct().ToArray();
                return Refer(
                    document with { Assemblies = [.. unique.Select((name, i) => assemblies[i] with { Name = name })] },
                    new Random(seed),
                    yaml);
            });
    }

    private static bool? StayOf(int number) => (number % 3) switch { 0 => null, 1 => true, _ => false };

    private static Gen<AssemblyDocument> Assembly(bool yaml)
    {
        var image = Gen.Select(Name, Name.Null()).Select((id, build) => new ImageDocument(id, build));
        var fact = Gen.Select(Name, Name).Select((type, name) => new FactName(type.Replace('.', '_'), name));
        var returns = Gen.Select(Names, Gen.Bool.Array[4], fact.Null().Array[4]).Select((names, secret, facts) =>
            names.Select((name, i) => new ReturnDocument(name, yaml && secret[i], yaml ? facts[i] : null)).ToImmutableArray());
        var services = Gen.Select(Names, Service(yaml).Array[4]).Select(
            (names, values) => names.Select((name, i) => values[i] with { Name = name }).ToImmutableArray());
        var template = Gen.Select(Name, Names).Select((name, packages) => new TemplateDocument { Name = name, Packages = packages });
        return Gen.Select(image, Name, Gen.Int[0, 5], template.Null(), services, returns, Gen.Bool)
            .Select((boot, profile, count, made, runs, gives, bare) => new AssemblyDocument
            {
                Name = "",
                Image = yaml && bare ? null : boot,
                HardwareProfile = yaml && bare ? null : profile,
                Realm = yaml && bare ? profile : null,
                Count = yaml && count > 0 ? count : null,
                Stay = yaml ? StayOf(count) : null,
                Template = yaml ? made : null,
                Services = runs,
                Returns = gives,
            });
    }

    private static Gen<ServiceDocument> Service(bool yaml)
    {
        var url = Name.Select(name => $"https://h.example/{Uri.EscapeDataString(name)}");
        var executable = Gen.OneOf(
            url.Select(address => new SourceFile { Url = address }), Value.Select(text => new SourceFile { Contents = text }));
        var files = Gen.Select(Names, Value.Array[4], Gen.Bool.Array[4])
            .Select((names, texts, fetched) => names.Select((name, i) => fetched[i]
            ? new SourceFile { Url = $"https://h.example/{Uri.EscapeDataString(name)}" }
            : new SourceFile { FileName = name, Contents = texts[i] }).ToImmutableArray());
        var parameters = Gen.Select(Names, Parameter(yaml).Array[4]).Select(
            (names, values) => names.Select((name, i) => values[i] with { Name = name }).ToImmutableArray());
        var script = Gen.Select(executable, files, Text.Null(), parameters)
            .Select(
                (run, with, description, needs) =>
                    new ServiceDocument { Name = "", Executable = run, Files = with, Description = description, Parameters = needs });
        var puppet = Gen.Select(Names, Text.Null(), parameters)
            .Select(
                (classes, description, needs) =>
                    new ServiceDocument { Name = "", Classes = classes, Description = description, Parameters = needs });
        return yaml ? Gen.OneOf(script, puppet) : script;
    }

    /// <summary>
    /// Generates a parameter with or without a value. Once all assemblies are known, some of the parameters become references.
    /// </summary>
    private static Gen<ParameterDocument> Parameter(bool yaml)
    {
        var text = Gen.Select(Value.Null(), Gen.Bool).Select(
            (value, secret) => new ParameterDocument { Name = "", Value = value, Secret = secret });
        if (!yaml) return text;
        var typed = Gen.Select(
            Among(ParameterType.Integer, ParameterType.Boolean, ParameterType.List), Gen.Int, Value.Array[0, 3], Gen.Bool)
            .Select((type, number, items, secret) => new ParameterDocument
            {
                Name = "",
                Type = type,
                Secret = secret,
                Value = ValueOf(type, number, items),
            });
        return Gen.OneOf(text, typed);
    }

    private static string ValueOf(ParameterType type, int number, string[] items) => type switch
    {
        ParameterType.Integer => $"{number}",
        ParameterType.Boolean => number % 2 == 0 ? "true" : "false",
        ParameterType.List => ListText.Join([.. items.Select(item => item.ReplaceLineEndings(" ").Replace('\n', ' '))]),
        _ => string.Concat(items),
    };

    /// <summary>
    /// Turns some parameters into references to existing names. An assembly waits only for later assemblies, so there is no cycle.
    /// </summary>
    private static DeployableDocument Refer(DeployableDocument document, Random random, bool yaml)
    {
        var assemblies = document.Assemblies;
        return document with
        {
            Assemblies = [.. assemblies.Select((assembly, at) => assembly with
            {
                Services = [.. assembly.Services.Select(service => service with
                {
                    Parameters = [.. service.Parameters.Select(parameter => ReferenceOf(assemblies, at, random) is { } reference
                        ? WithReference(
                            parameter,
                            reference,
                            assemblies.Single(other => other.Name == reference.Assembly).Count is not null,
                            random,
                            yaml)
                        : parameter)],
                })],
            })],
        };
    }

    private static ParameterDocument WithReference(
        ParameterDocument parameter, ReferenceDocument reference, bool ofGroup, Random random, bool yaml)
    {
        var type = ofGroup ? ParameterType.List : yaml ? parameter.Type : ParameterType.Text;
        if (ofGroup && random.Next(2) == 0) reference = reference with { First = random.Next(1, 5) };
        if (ofGroup && random.Next(2) == 0) reference = reference with { AtLeast = random.Next(1, (reference.First ?? 4) + 1) };
        var standIn = yaml && random.Next(3) == 0 ? ValueOf(type, random.Next(100), ["a b", "no"]) : null;
        return parameter with { Value = null, Type = type, Reference = reference, Default = standIn };
    }

    private static ReferenceDocument? ReferenceOf(ImmutableArray<AssemblyDocument> assemblies, int at, Random random)
    {
        if (random.Next(2) == 0) return null;
        var toService = random.Next(2) == 0;
        var min = toService ? at + 1 : 0;
        if (min >= assemblies.Length) return null;
        var provider = assemblies[random.Next(min, assemblies.Length)];
        string[] names = toService
            ? [.. provider.Services.Select(service => service.Name)]
            : [.. provider.Returns.Select(given => given.Name)];
        return names.Length == 0 ? null : new ReferenceDocument
        {
            Assembly = provider.Name,
            Kind = toService ? ReferenceKind.ServiceEnd : ReferenceKind.ProvidedParameter,
            Name = names[random.Next(names.Length)],
        };
    }

    private static Gen<T> Among<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    /// <summary>Generates strings of whole characters. No string ends between the two surrogates of a character.</summary>
    private static Gen<string> TextOf(string characters, int max)
    {
        var runes = characters.EnumerateRunes().Select(rune => rune.ToString()).ToArray();
        return Gen.Int[0, runes.Length - 1].Select(i => runes[i]).Array[0, max].Select(string.Concat);
    }
}
