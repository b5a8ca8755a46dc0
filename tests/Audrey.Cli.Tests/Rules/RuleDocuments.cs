using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Audrey.Core.Deployables;
using Audrey.Core.Documents;
using Audrey.Core.Ids;

namespace Audrey.Cli.Tests.Rules;

/// <summary>Makes deployables for the tests of rules, and writes them without any check, so that they can break each rule.</summary>
internal static class RuleDocuments
{
    private static readonly JsonSerializerOptions Unescaped = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>
    /// Makes a deployable that breaks no rule: groups and single instances, values, and references to earlier assemblies.
    /// </summary>
    public static DeployableDocument AnyValid(Random random)
    {
        var assemblies = new List<AssemblyDocument>();
        for (var i = random.Next(1, 4); i > 0; i--)
        {
            var parameters = new List<ParameterDocument>
            {
                new() { Name = "text", Value = random.Next(2) == 0 ? "" : "a text\nof two lines" },
                new() { Name = "integer", Type = ParameterType.Integer, Value = $"{random.NextInt64(long.MinValue, long.MaxValue)}" },
                new() { Name = "boolean", Type = ParameterType.Boolean, Value = random.Next(2) == 0 ? "true" : "false" },
                new() { Name = "list", Type = ParameterType.List, Value = "a\nb" },
            };
            parameters.AddRange(assemblies.Select((to, at) => Reference($"from_{at}", to, random)));
            assemblies.Add(new AssemblyDocument
            {
                Name = $"any{i}",
                Count = random.Next(3) == 0 ? null : random.Next(4),
                Returns = [new("ip"), new("secret", true), new("port", Fact: new("Sysconfig", "sshd-port"))],
                Services = [Script("first"), Script("second", [.. parameters.Where(_ => random.Next(3) > 0)])],
            });
        }

        return new DeployableDocument
        {
            Name = "Rules",
            Deadline = random.Next(2) == 0 ? null : TimeSpan.FromSeconds(random.Next(1, 31_536_001)),
            Assemblies = [.. assemblies],
        };
    }

    /// <summary>Makes a service with a script.</summary>
    public static ServiceDocument Script(string name, params ParameterDocument[] parameters) =>
        new() { Name = name, Executable = new SourceFile { Contents = "#!/bin/sh\n" }, Parameters = [.. parameters] };

    /// <summary>Makes a parameter with a reference to a return or a service of an assembly.</summary>
    public static ParameterDocument From(string assembly, string name, ReferenceKind kind = ReferenceKind.ProvidedParameter) => new()
    {
        Name = "source",
        Reference = new ReferenceDocument { Assembly = assembly, Kind = kind, Name = name },
    };

    /// <summary>Makes a parameter with a reference to all values of a group.</summary>
    public static ParameterDocument FromGroup(string assembly, string name, int? first = null, int? atLeast = null)
    {
        var source = From(assembly, name);
        return source with { Type = ParameterType.List, Reference = source.Reference! with { First = first, AtLeast = atLeast } };
    }

    /// <summary>Writes a deployable in YAML. JSON is YAML.</summary>
    public static string Yaml(DeployableDocument document)
    {
        var groups = document.Assemblies.Where(assembly => assembly.Count is not null).Select(assembly => assembly.Name).ToHashSet();
        var json = new JsonObject { ["audrey"] = "1", ["name"] = document.Name };
        if (document.Deadline is { } deadline) json["deadline"] = $"{(long)deadline.TotalSeconds}s";
        json["assemblies"] = Mapping(document.Assemblies, assembly => assembly.Name, assembly => new JsonObject
        {
            ["count"] = assembly.Count,
            ["returns"] = new JsonArray(
                [.. assembly.Returns.Select(value => new JsonObject
                {
                    ["name"] = value.Name,
                    ["secret"] = value.Secret,
                    ["fact"] = value.Fact?.ToString(),
                })]),
            ["services"] = Mapping(assembly.Services, service => service.Name, service => new JsonObject
            {
                ["script"] = new JsonObject
                {
                    [service.Executable!.Url is null ? "run" : "url"] = service.Executable.Url ?? service.Executable.Contents,
                    ["files"] = new JsonArray([.. service.Files.Select(file => file.Url is null
                        ? new JsonObject { ["name"] = file.FileName, ["contents"] = file.Contents }
                        : new JsonObject { ["url"] = file.Url })]),
                },
                ["parameters"] = Mapping(service.Parameters, parameter => parameter.Name, parameter => Yaml(parameter, groups)),
            }),
        });
        foreach (var (_, assembly) in json["assemblies"]!.AsObject())
        {
            if (assembly!["count"] is null) assembly.AsObject().Remove("count");
            foreach (var value in assembly["returns"]!.AsArray()) if (value!["fact"] is null) value.AsObject().Remove("fact");
        }

        return json.ToJsonString(Unescaped);
    }

    /// <summary>Makes the instances that a deployable describes, in the form in which conductors register them.</summary>
    public static ImmutableArray<InstanceConfig> Instances(DeployableDocument document, string id)
    {
        var ids = document.Assemblies.ToDictionary(
            assembly => assembly.Name,
            assembly => Enumerable.Range(0, assembly.Count ?? 1).Select(_ => InstanceId.Parse($"{Guid.NewGuid()}")).ToImmutableArray());
        var groups = document.Assemblies.Where(assembly => assembly.Count is not null).Select(assembly => assembly.Name).ToHashSet();
        return [.. document.Assemblies.SelectMany(InstancesOf)];

        IEnumerable<InstanceConfig> InstancesOf(AssemblyDocument assembly)
        {
            ImmutableArray<ServiceConfig> services = [.. assembly.Services.Select(Service)];
            var prototype = Instance(assembly, InstanceId.Parse($"{Guid.NewGuid()}"), null, services) with
            {
                Secret = "",
                IsPrototype = true,
            };
            return assembly.Count == 0
                ? [prototype]
                : ids[assembly.Name].Select((member, index) => Instance(assembly, member, assembly.Count is null ? null : index, services));
        }

        InstanceConfig Instance(AssemblyDocument assembly, InstanceId member, int? ordinal, ImmutableArray<ServiceConfig> services) => new()
        {
            Id = member,
            Name = assembly.Name,
            Secret = "a secret",
            Deployable = DeployableId.Parse(id),
            DeployableName = document.Name,
            Ordinal = ordinal,
            ProvidedParameters = [.. assembly.Returns.Select(value => value.Name)],
            SecretParameters = [.. assembly.Returns.Where(value => value.Secret).Select(value => value.Name)],
            ProvidedFacts =
                [.. assembly.Returns.Where(value => value.Fact is not null).Select(value => new ProvidedFact(value.Name, value.Fact!))],
            Services = services,
        };

        ServiceConfig Service(ServiceDocument service) => new()
        {
            Name = service.Name,
            Executable = service.Executable,
            Files = service.Files,
            Parameters = [.. service.Parameters.Select(Parameter)],
        };

        ParameterConfig Parameter(ParameterDocument parameter)
        {
            var config = new ParameterConfig
            {
                Name = parameter.Name,
                Type = parameter.Type,
                Value = Utf8(parameter.Value),
                Default = Utf8(parameter.Default),
            };
            if (parameter.Reference is not { } source) return config;
            if (!groups.Contains(source.Assembly))
                return config with { Reference = new(ids[source.Assembly][0], source.Kind, source.Name) };
            return config with
            {
                Group = new()
                {
                    Assembly = source.Assembly,
                    Members = ids[source.Assembly],
                    Kind = source.Kind,
                    Name = source.Name,
                    First = source.First,
                    AtLeast = source.AtLeast,
                },
            };
        }
    }

    private static ParameterDocument Reference(string name, AssemblyDocument to, Random random)
    {
        var end = random.Next(2) == 0;
        var parameter = From(to.Name, end ? "first" : "ip", end ? ReferenceKind.ServiceEnd : ReferenceKind.ProvidedParameter)
            with
        { Name = name, Default = random.Next(3) == 0 ? "" : null };
        if (to.Count is null) return parameter;
        int? first = random.Next(2) == 0 ? null : random.Next(1, 6);
        int? atLeast = random.Next(2) == 0 ? null : random.Next(0, (first ?? 5) + 1);
        return parameter with { Type = ParameterType.List, Reference = parameter.Reference! with { First = first, AtLeast = atLeast } };
    }

    private static JsonObject Yaml(ParameterDocument parameter, HashSet<string> groups)
    {
        var json = new JsonObject { ["type"] = ParameterTypes.Name(parameter.Type) };
        if (parameter.Value is { } value) json["value"] = Value(parameter.Type, value);
        if (parameter.Default is { } standIn) json["default"] = Value(parameter.Type, standIn);
        if (parameter.Reference is not { } reference) return json;
        json["from"] = reference.Assembly;
        json[reference.Kind == ReferenceKind.ServiceEnd ? "service" : "return"] = reference.Name;
        if (groups.Contains(reference.Assembly) && reference.First is null) json["all"] = true;
        if (reference.First is { } first) json["first"] = first;
        if (reference.AtLeast is { } atLeast) json["at_least"] = atLeast;
        return json;
    }

    private static JsonNode Value(ParameterType type, string value) => type == ParameterType.List
        ? new JsonArray([.. value.Length == 0 ? [] : value.Split('\n').Select(item => (JsonNode)item)])
        : JsonValue.Create(value);

    private static JsonObject Mapping<T>(IEnumerable<T> parts, Func<T, string> name, Func<T, JsonNode> node) =>
        new(parts.Select(part => KeyValuePair.Create<string, JsonNode?>(name(part), node(part))));

    private static byte[]? Utf8(string? text) => text is null ? null : System.Text.Encoding.UTF8.GetBytes(text);
}
