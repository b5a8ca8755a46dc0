using System.Collections.Immutable;
using System.Text;
using Audrey.Core.Deployables.Drafts;
using Audrey.Core.Documents;
using Audrey.Core.Limits;
using Audrey.Core.Text;

namespace Audrey.Core.Deployables.Yaml;

/// <summary>
/// Reads the parameters of the services of one assembly. Each parameter has a value, has a reference, or receives its value at launch.
/// </summary>
internal sealed class YamlParameters(YamlFields fields, string assembly)
{
    private static readonly string[] Keys =
        ["value", "ask", "from", "return", "service", "all", "first", "at_least", "on_failed", "default", "type", "secret"];
    private static readonly string[] Sources = ["value", "ask", "from"];
    private static readonly string[] OfReferences = ["return", "service", "all", "first", "at_least", "on_failed", "default"];
    private static readonly string[] OfGroups = ["all", "first", "at_least"];

    private readonly List<ReferenceDraft> _references = [];
    private string _service = "";

    /// <summary>The references of the parameters that were read so far.</summary>
    public IReadOnlyList<ReferenceDraft> References => _references;

    public ImmutableArray<ParameterDocument> Read(DocumentNode node, string service)
    {
        var where = $"{assembly}[{NameRules.Show(service)}]";
        _service = service;
        if (fields.Mapping(node, $"parameters of {where}") is not { } mapping) return [];
        fields.CheckNumber(mapping.Entries.Count, fields.Limits.MaxParametersPerService, $"parameters of {where}", node.Location);
        var parameters = ImmutableArray.CreateBuilder<ParameterDocument>(mapping.Entries.Count);
        foreach (var (key, value) in mapping.Entries)
        {
            fields.CheckName(key, $"the name of a parameter of {where}", NameRules.Parameter);
            parameters.Add(
                ReadParameter(new ParameterDocument { Name = key.Text }, value, $"parameter {NameRules.Show(key.Text)} of {where}"));
        }

        return parameters.MoveToImmutable();
    }

    private ParameterDocument ReadParameter(ParameterDocument parameter, DocumentNode node, string where)
    {
        switch (node)
        {
            case ScalarNode { IsNothing: true }:
                fields.Report(
                    $"{where} has no value; write '' for an empty string, or {{ask: true}} to give it at launch", node.Location);
                return parameter;
            case MappingNode:
                return fields.Mapping(node, where, Keys) is { } mapping ? ReadMapping(parameter, mapping, where) : parameter;
            default:
                parameter = parameter with { Type = node is SequenceNode ? ParameterType.List : ParameterType.Text };
                return parameter with { Value = ReadValue(node, parameter.Type, where) };
        }
    }

    private ParameterDocument ReadMapping(ParameterDocument parameter, MappingNode mapping, string where)
    {
        var given = Sources.Count(key => mapping.Find(key) is not null);
        if (given != 1) fields.Report($"{where} needs exactly one of the keys value, ask and from", mapping.Location);
        var ofGroup = OfGroups.Any(key => mapping.Find(key) is not null);
        parameter = parameter with
        {
            Secret = fields.Flag(mapping, "secret", where),
            Type = ReadType(mapping, where) ?? (ofGroup || mapping.Find("value") is SequenceNode ? ParameterType.List : ParameterType.Text),
        };
        if (mapping.Find("ask") is { } ask and not ScalarNode { Text: "true" })
            fields.Report($"ask of {where} must be true; to ask for nothing, give a value or a reference instead", ask.Location);
        if (mapping.Find("value") is { } value)
            parameter = parameter with { Value = ReadValue(value, parameter.Type, $"value of {where}") };
        if (mapping.Find("from") is { } from) return ReadReference(parameter, mapping, from, ofGroup, where);
        foreach (var (key, _) in mapping.Entries)
        {
            if (OfReferences.Contains(key.Text) && given == 1)
                fields.Report($"{key.Text} of {where} is only allowed in a reference, and there is no from", key.Location);
        }

        return parameter;
    }

    private ParameterType? ReadType(MappingNode mapping, string where)
    {
        if (mapping.Find("type") is not { } node) return null;
        var text = (node as ScalarNode)?.Text ?? "";
        if (ParameterTypes.Find(text) is { } type) return type;
        var remedy = ParameterTypes.Nearest(text) is { } nearest
            ? $"did you mean {nearest}?"
            : $"it must be one of {string.Join(", ", ParameterTypes.Names)}";
        fields.Report($"type of {where} is {(text.Length > 0 ? NameRules.Show(text) : node.Kind)}; {remedy}", node.Location);
        return null;
    }

    /// <summary>Returns a value as a string. The items of a list become lines.</summary>
    private string ReadValue(DocumentNode node, ParameterType type, string what)
    {
        if (type == ParameterType.List) return ReadList(node, what);
        if (node is SequenceNode)
        {
            fields.Report($"{what} is a list, but its type is {ParameterTypes.Name(type)}; write type: list, or one string", node.Location);
            return "";
        }

        var text = fields.Text(node, what, fields.Limits.MaxValueBytes);
        if (node is ScalarNode { IsNothing: false } && ParameterTypes.Problem(type, text) is { } problem)
            fields.Report($"{what} {problem}", node.Location);
        return text;
    }

    private string ReadList(DocumentNode node, string what)
    {
        if (fields.Sequence(node, what) is not { } sequence) return "";
        var items = new List<string>();
        var length = -1L;
        foreach (var item in sequence.Items)
        {
            var text = fields.Text(item, $"an item of {what}", fields.Limits.MaxValueBytes);
            if (text.Contains('\n', StringComparison.Ordinal))
                fields.Report($"an item of {what} has more than one line; guests receive one item on each line", item.Location);
            length += Encoding.UTF8.GetByteCount(text) + 1;
            if (length <= fields.Limits.MaxValueBytes) items.Add(text);
        }

        if (length > fields.Limits.MaxValueBytes)
            fields.Report($"{what} is longer than the {fields.Limits.MaxValueBytes} bytes that are allowed", node.Location);
        return ListText.Join(items);
    }

    private ParameterDocument ReadReference(ParameterDocument parameter, MappingNode mapping, DocumentNode from, bool ofGroup, string where)
    {
        var ofReturn = mapping.Find("return");
        var ofService = mapping.Find("service");
        var reference = new ReferenceDocument
        {
            Assembly = fields.Name(from, $"from of {where}", NameRules.Title),
            Kind = ofService is null ? ReferenceKind.ProvidedParameter : ReferenceKind.ServiceEnd,
            Name = fields.OptionalName(mapping, "service", where, NameRules.Service)
                ?? fields.OptionalName(mapping, "return", where, NameRules.Parameter) ?? "",
            First = fields.Number(mapping, "first", where, 1, fields.Limits.MaxInstances),
            AtLeast = fields.Number(mapping, "at_least", where, 0, fields.Limits.MaxInstances),
            OnFailed = ReadOnFailed(mapping, ofService is not null, where),
        };
        if (ofReturn is null == ofService is null)
            fields.Report($"{where} needs exactly one of the keys return and service in addition to from", mapping.Location);
        if (mapping.Find("all") is { } all && (all is not ScalarNode { Text: "true" } || mapping.Find("first") is not null))
            fields.Report($"all of {where} must be true and cannot be combined with first", all.Location);
        if (ofGroup && parameter.Type != ParameterType.List)
            fields.Report(
                $"{where} {ParameterRules.GroupIsList}",
                (mapping.Find("type") ?? mapping).Location);
        parameter = parameter with
        {
            Reference = reference,
            Default = mapping.Find("default") is { } standIn ? ReadValue(standIn, parameter.Type, $"default of {where}") : null,
        };
        if (ofReturn is null != ofService is null) _references.Add(Draft(parameter, ofGroup, from, (ofReturn ?? ofService)!));
        return parameter;
    }

    /// <summary>Returns what happens after a failure. A service whose end is awaited stops the waiting service by default.</summary>
    private FailurePolicy ReadOnFailed(MappingNode mapping, bool ofService, string where)
    {
        if (mapping.Find("on_failed") is not { } node) return ofService ? FailurePolicy.Stop : FailurePolicy.GoOn;
        if (!ofService) fields.Report($"on_failed of {where} is only allowed in a reference to a service", node.Location);
        if (FailurePolicies.Find((node as ScalarNode)?.Text) is { } policy) return policy;
        fields.Report($"on_failed of {where} must be {FailurePolicies.Stop} or {FailurePolicies.GoOn}", node.Location);
        return FailurePolicy.GoOn;
    }

    private ReferenceDraft Draft(ParameterDocument parameter, bool ofGroup, DocumentNode assemblyAt, DocumentNode nameAt) => new()
    {
        Service = _service,
        Parameter = parameter,
        OfGroup = ofGroup,
        Assembly = fields.Source.At(assemblyAt.Location),
        Name = fields.Source.At(nameAt.Location),
        GroupForm = "add all: true for the values of all instances, or first: N for those of the first N",
    };
}
