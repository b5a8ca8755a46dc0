using System.Collections.Immutable;
using System.Text;
using Audrey.Core.Deployables;
using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Core.Limits;
using Audrey.Core.Text;

namespace Audrey.Core.Planning;

/// <summary>
/// Determines the source of each parameter's value. A value given at launch takes precedence over the document's value, which takes
/// precedence over the reference.
/// </summary>
internal sealed class ParameterPlanner(
    IReadOnlyDictionary<string, AssemblyDocument> assemblies,
    IReadOnlyDictionary<string, ImmutableArray<InstanceId>> members,
    LaunchValues given,
    PlanFindings findings)
{
    /// <summary>Returns the parameter. Returns null after reporting an error in the parameter.</summary>
    public ParameterConfig? Plan(AssemblyDocument assembly, ServiceDocument service, ParameterDocument parameter)
    {
        var address = new ParameterAddress(assembly.Name, service.Name, parameter.Name);
        var config = new ParameterConfig { Name = parameter.Name, Secret = parameter.Secret, Type = parameter.Type };
        if (given.Of(address) is { } value) return Given(config, address, value);
        if (parameter.Value is not null)
            return Checked(parameter.Value, "its value", address, config.Type) ? config with { Value = Utf8(parameter.Value) } : null;
        if (parameter.Reference is not null) return Reference(config, address, parameter, parameter.Reference);
        findings.Add(Show(address), $"has no value; {HowToGive(address)}");
        return null;
    }

    /// <summary>Returns how to give a value at launch. Not every name can be written in each of the forms.</summary>
    private static string HowToGive(ParameterAddress address)
    {
        if (LaunchValue.TryParse($"{address}=VALUE", out var given, out _) && given.Address == address)
            return $"give one with --set '{address.ToString().Replace("'", "'\\''", StringComparison.Ordinal)}=VALUE' or in a values file";
        return ParameterAddress.TryParse(address.ToString(), out var parsed, out _) && parsed == address
            ? "give one in a values file in JSON, because its name contains '='"
            : "give one in the document, because its name cannot be written as assembly[service].parameter";
    }

    private ParameterConfig? Given(ParameterConfig config, ParameterAddress address, LaunchValue value)
    {
        if (config.Type == ParameterType.List)
        {
            // Guests receive a list as lines, so an item with two lines would become two items.
            if (!value.Values.Any(item => item.Contains('\n', StringComparison.Ordinal)))
                return config with { Value = Utf8(ListText.Join(value.Values)) };
            findings.Add(Show(address), "an item of the given list contains a line feed, which separates items");
            return null;
        }

        if (value.Values is not [var text])
        {
            findings.Add(Show(address), $"{value.Values.Length} values are given for it, but it is not a list; give one");
            return null;
        }

        return Checked(text, "the given value", address, config.Type) ? config with { Value = Utf8(text) } : null;
    }

    private ParameterConfig? Reference(
        ParameterConfig config, ParameterAddress address, ParameterDocument parameter, ReferenceDocument reference)
    {
        if (parameter.Default is not null && !Checked(parameter.Default, "its default", address, config.Type)) return null;
        if (!assemblies.TryGetValue(reference.Assembly, out var provider))
        {
            findings.Add(
                Show(address),
                $"refers to assembly {NameRules.Show(reference.Assembly)}, which is not in the "
                + $"deployable{Nearest(reference.Assembly, assemblies.Keys)}");
            return null;
        }

        var names = reference.Kind == ReferenceKind.ServiceEnd
            ? provider.Services.Select(s => s.Name)
            : provider.Returns.Select(r => r.Name);
        if (!names.Contains(reference.Name))
        {
            var what = reference.Kind == ReferenceKind.ServiceEnd ? "service" : "return";
            findings.Add(
                Show(address),
                $"refers to {what} {NameRules.Show(reference.Name)} of {NameRules.Show(provider.Name)}, which has none of that "
                + $"name{Nearest(reference.Name, names)}");
            return null;
        }

        if (provider.Count is null && reference.Numbers != default)
        {
            findings.Add(Show(address), GroupNumbers.ProblemOfSingle(provider.Name));
            return null;
        }

        var instances = members[provider.Name];
        config = config with
        {
            Default = parameter.Default is null ? null : Utf8(parameter.Default),
            OnFailed = reference.OnFailed,
        };
        if (provider.Count is null) return config with { Reference = new ParameterReference(instances[0], reference.Kind, reference.Name) };
        return config with
        {
            Group = new GroupReference
            {
                Assembly = provider.Name,
                Members = instances,
                Kind = reference.Kind,
                Name = reference.Name,
                First = reference.First,
                AtLeast = reference.AtLeast,
            },
        };
    }

    private bool Checked(string text, string what, ParameterAddress address, ParameterType type)
    {
        if (ParameterTypes.Problem(type, text) is not { } problem) return true;
        findings.Add(Show(address), $"{what} {problem}");
        return false;
    }

    private static string Nearest(string name, IEnumerable<string> names) =>
        NearestName.Find(name, names) is { } nearest ? $"; did you mean {NameRules.Show(nearest)}?" : "";

    private static string Show(ParameterAddress address) =>
        $"{NameRules.Show(address.Assembly)}[{NameRules.Show(address.Service)}].{NameRules.Show(address.Parameter)}";

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
