using Audrey.Core.Documents;
using Audrey.Core.Text;

namespace Audrey.Core.Deployables.Yaml;

internal sealed partial class YamlDeployableWriter
{
    private void WriteParameter(ParameterDocument parameter, string where)
    {
        if (parameter is { Value: not null, Reference: not null }) throw Inexpressible($"{where} has both a value and a reference");
        if (parameter is { Default: not null, Reference: null }) throw Inexpressible($"{where} has a default and no reference");
        CheckValue(parameter.Type, parameter.Value, $"the value of {where}");
        CheckValue(parameter.Type, parameter.Default, $"the default of {where}");
        Key(parameter.Name, $"the name of {where}");
        if (parameter is { Value: not null, Secret: false, Type: ParameterType.Text or ParameterType.List })
        {
            WriteValue(parameter.Type, parameter.Value, $"the value of {where}", inFlow: false);
            return;
        }

        // Most parameters are short and fit on one line. A multi-line string is easier to read below its key.
        var small = !(parameter.Value ?? parameter.Default ?? "").Contains('\n', StringComparison.Ordinal)
            || parameter.Type == ParameterType.List;
        _output.Mapping(small, () =>
        {
            var ofGroup = parameter.Reference is { } reference && WriteReference(reference, where);
            if (ofGroup && parameter.Type != ParameterType.List)
                throw Inexpressible($"{where} refers to a group, but its type is not list");
            if (parameter is { Value: null, Reference: null }) _output.Word("ask", "true");
            WriteGiven("value", parameter.Type, parameter.Value, $"the value of {where}", small);
            WriteGiven("default", parameter.Type, parameter.Default, $"the default of {where}", small);
            var implied = ofGroup || parameter.Value is not null
                ? parameter.Type is ParameterType.Text or ParameterType.List
                : parameter.Type == ParameterType.Text;
            if (!implied) _output.Word("type", ParameterTypes.Name(parameter.Type));
            if (parameter.Secret) _output.Word("secret", "true");
        });
    }

    /// <summary>Writes a reference. Returns whether it refers to a group.</summary>
    private bool WriteReference(ReferenceDocument reference, string where)
    {
        if (reference.First < 1 || reference.AtLeast < 0) throw Inexpressible($"{where} refers to fewer than one value of a group");
        var ofGroup = reference.First is not null || reference.AtLeast is not null || _groups.Contains(reference.Assembly);
        Field("from", reference.Assembly, $"the reference of {where}", inFlow: true);
        Field(reference.Kind == ReferenceKind.ServiceEnd ? "service" : "return", reference.Name, $"the reference of {where}", inFlow: true);
        if (ofGroup && reference.First is null) _output.Word("all", "true");
        Number("first", reference.First);
        Number("at_least", reference.AtLeast);
        if (reference.Kind == ReferenceKind.ServiceEnd && reference.OnFailed == FailurePolicy.GoOn)
            _output.Word("on_failed", FailurePolicies.GoOn);
        return ofGroup;
    }

    private void WriteGiven(string key, ParameterType type, string? value, string what, bool inFlow)
    {
        if (value is null) return;
        _output.Key(key);
        WriteValue(type, value, what, inFlow);
    }

    private void WriteValue(ParameterType type, string value, string what, bool inFlow)
    {
        if (type is ParameterType.Integer or ParameterType.Boolean)
        {
            _output.Plain(value);
            return;
        }

        if (type == ParameterType.Text)
        {
            Text(value, what, inFlow);
            return;
        }

        _output.Sequence(small: true, () =>
        {
            foreach (var item in ListText.Split(value)) Text(item, what, inFlow: true);
        });
    }

    private static void CheckValue(ParameterType type, string? value, string what)
    {
        if (value is not null && ParameterTypes.Problem(type, value) is { } problem) throw Inexpressible($"{what} {problem}");
    }
}
