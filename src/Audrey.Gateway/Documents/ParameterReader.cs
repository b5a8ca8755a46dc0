using System.Collections.Immutable;
using System.Text;
using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Protocol.Version3;

namespace Audrey.Gateway.Documents;

/// <summary>Reads the parameters of a registration.</summary>
/// <param name="groups">The groups whose instances the request does not have to list again.</param>
/// <param name="errors">Collects the errors.</param>
internal sealed class ParameterReader(GroupMembers groups, RequestErrors errors)
{
    public ParameterConfig Read(string at, ParameterRequest? request)
    {
        var type = request?.Type switch
        {
            null or "text" => ParameterType.Text,
            "integer" => ParameterType.Integer,
            "boolean" => ParameterType.Boolean,
            "list" => ParameterType.List,
            _ => (ParameterType?)null,
        };
        if (type is null) errors.Add($"{at}/type", "must be text, integer, boolean or list");
        var parameter = new ParameterConfig
        {
            Name = request?.Name ?? "",
            Value = Bytes(at, "value", request?.Value, "base64", request?.Base64),
            Default = Bytes(at, "default", request?.Default, "defaultBase64", request?.DefaultBase64),
            Type = type ?? ParameterType.Text,
            Secret = request?.Secret == true,
        };
        return request?.From is { } from ? Refer(parameter, $"{at}/from", from) : parameter;
    }

    private byte[]? Bytes(string at, string textName, string? text, string base64Name, string? base64)
    {
        if (text is not null && base64 is not null)
            errors.Add($"{at}/{base64Name}", $"is given together with {textName}; give only one of the two");
        if (text is not null) return Encoding.UTF8.GetBytes(text);
        if (base64 is null) return null;
        var bytes = new byte[base64.Length];
        if (Convert.TryFromBase64String(base64, bytes, out var length)) return bytes[..length];
        errors.Add($"{at}/{base64Name}", "is not base64");
        return [];
    }

    private ParameterConfig Refer(ParameterConfig parameter, string at, SourceOfValue from)
    {
        if (from.Parameter is null == from.Service is null) errors.Add(at, "must have exactly one of parameter and service");
        if (from.Instance is not null && from.Group is not null) errors.Add(at, "must not have both instance and group");
        var (kind, name) = from.Service is { } service
            ? (ReferenceKind.ServiceEnd, service)
            : (ReferenceKind.ProvidedParameter, from.Parameter ?? "");
        if (from.OnFailed is { } onFailed)
        {
            var policy = FailurePolicies.Find(onFailed);
            if (policy is null) errors.Add($"{at}/onFailed", $"must be {FailurePolicies.Stop} or {FailurePolicies.GoOn}");
            else if (from.Service is null) errors.Add($"{at}/onFailed", "is allowed only with a service");
            else parameter = parameter with { OnFailed = policy.Value };
        }

        if (from.Group is { } assembly)
        {
            return parameter with
            {
                Group = new()
                {
                    Assembly = assembly,
                    Members = from.Instances is { } listed ? Listed($"{at}/instances", listed) : Members(at, assembly),
                    Kind = kind,
                    Name = name,
                    First = from.First,
                    AtLeast = from.AtLeast,
                },
            };
        }

        if (from.Instances is not null) errors.Add($"{at}/instances", "is allowed only with a group");
        if (from.First is not null) errors.Add($"{at}/first", "is allowed only with a group");
        if (from.AtLeast is not null) errors.Add($"{at}/atLeast", "is allowed only with a group");
        if (InstanceId.TryParse(from.Instance, out var provider, out var problem))
            return parameter with { Reference = new(provider, kind, name) };
        errors.Add($"{at}/instance", $"is not a UUID: {problem}");
        return parameter;
    }

    /// <summary>Reads a list of the instances of a group.</summary>
    public ImmutableArray<InstanceId> Listed(string at, IReadOnlyList<string> listed)
    {
        var members = ImmutableArray.CreateBuilder<InstanceId>(listed.Count);
        for (var i = 0; i < listed.Count; i++)
        {
            if (InstanceId.TryParse(listed[i], out var member, out var problem)) members.Add(member);
            else errors.Add($"{at}/{i}", $"is not a UUID: {problem}");
        }

        return members.ToImmutable();
    }

    private ImmutableArray<InstanceId> Members(string at, string assembly)
    {
        if (groups.Find(assembly) is { } members) return members;
        errors.Add($"{at}/group", groups.Missing);
        return [];
    }
}
