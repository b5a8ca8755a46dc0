using System.Text;
using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Core.Limits;
using Audrey.Protocol.Version3;

namespace Audrey.Gateway.Version3;

/// <summary>Makes instances of a request, and finds everything that is wrong with it before any of it is registered.</summary>
internal sealed class DeployableReader(DeployableId deployable, DocumentLimits limits)
{
    private const int MostFaults = 100;

    private readonly List<Fault> _faults = [];

    /// <summary>What is wrong, each with its place; empty when nothing is.</summary>
    public IReadOnlyList<Fault> Faults => _faults.Count <= MostFaults ? _faults : _faults[..MostFaults];

    public List<InstanceConfig> Read(DeployableRequest request)
    {
        if (string.IsNullOrEmpty(request.Name)) Fault("/name", "is missing: the deployable's name");
        if (request.Instances is not { Count: > 0 }) Fault("/instances", "is missing: one instance at least");
        List<InstanceConfig> instances = [];
        for (var i = 0; i < (request.Instances?.Count ?? 0); i++)
            if (Instance($"/instances/{i}", request.Instances![i], request.Name ?? "") is { } instance) instances.Add(instance);
        if (_faults.Count == 0) CheckReferences(instances);
        return instances;
    }

    private InstanceConfig? Instance(string at, InstanceRequest? request, string deployableName)
    {
        if (request is null || !InstanceId.TryParse(request.Id, out var id, out _))
        {
            Fault($"{at}/id", request is null ? "the instance is null" : $"is no UUID: {IdProblem(request.Id)}");
            return null;
        }

        var config = new InstanceConfig
        {
            Id = id,
            Name = request.Assembly ?? "",
            Secret = request.Secret ?? "",
            Deployable = deployable,
            DeployableName = deployableName,
            ProvidedParameters = [.. (request.Provide ?? []).Select(provided => provided?.Name ?? "")],
            SecretParameters = [.. (request.Provide ?? []).Where(provided => provided?.Secret == true).Select(provided => provided.Name ?? "")],
            Services = [.. (request.Services ?? []).Select((service, index) => Service($"{at}/services/{index}", service))],
        };
        foreach (var found in InstanceConfigRules.Problems(config, limits)) Fault(at, found);
        return config;
    }

    private ServiceConfig Service(string at, ServiceConfigRequest? request) => new()
    {
        Name = request?.Name ?? "",
        Executable = Source(request?.Executable),
        Files = [.. (request?.Files ?? []).Select(file => Source(file) ?? new SourceFile())],
        Parameters = [.. (request?.Parameters ?? []).Select((parameter, index) => Parameter($"{at}/parameters/{index}", parameter))],
    };

    private static SourceFile? Source(SourceRequest? request) =>
        request is null ? null : new() { Url = request.Url, FileName = request.FileName, Contents = request.Contents };

    private ParameterConfig Parameter(string at, ParameterRequest? request)
    {
        var type = request?.Type switch
        {
            null or "text" => ParameterType.Text,
            "integer" => ParameterType.Integer,
            "boolean" => ParameterType.Boolean,
            "list" => ParameterType.List,
            _ => (ParameterType?)null,
        };
        if (type is null) Fault($"{at}/type", "must be text, integer, boolean or list");
        return new()
        {
            Name = request?.Name ?? "",
            Value = request?.Value is { } value ? Encoding.UTF8.GetBytes(value) : null,
            Reference = request?.From is { } from ? Reference($"{at}/from", from) : null,
            Type = type ?? ParameterType.Text,
            Secret = request?.Secret == true,
        };
    }

    private ParameterReference? Reference(string at, SourceOfValue from)
    {
        if (from.Parameter is null == from.Service is null) Fault(at, "must have one of parameter and service");
        if (!InstanceId.TryParse(from.Instance, out var provider, out _))
        {
            Fault($"{at}/instance", $"is no UUID: {IdProblem(from.Instance)}");
            return null;
        }

        return from.Service is { } service
            ? new(provider, ReferenceKind.ServiceEnd, service)
            : new(provider, ReferenceKind.ProvidedParameter, from.Parameter ?? "");
    }

    /// <summary>A reference to an instance of the same request must name what that one declares; others may be registered later.</summary>
    private void CheckReferences(List<InstanceConfig> instances)
    {
        var known = new Dictionary<InstanceId, InstanceConfig>();
        for (var i = 0; i < instances.Count; i++)
            if (!known.TryAdd(instances[i].Id, instances[i])) Fault($"/instances/{i}/id", "is given more than once: each instance needs its own");
        for (var i = 0; i < instances.Count; i++)
            for (var j = 0; j < instances[i].Services.Length; j++)
                for (var k = 0; k < instances[i].Services[j].Parameters.Length; k++)
                    CheckReference($"/instances/{i}/services/{j}/parameters/{k}/from", instances[i].Services[j].Parameters[k].Reference, known);
    }

    private void CheckReference(string at, ParameterReference? reference, Dictionary<InstanceId, InstanceConfig> known)
    {
        if (reference is null || !known.TryGetValue(reference.Provider, out var provider)) return;
        string[] declared = reference.Kind == ReferenceKind.ServiceEnd ? [.. provider.Services.Select(service => service.Name)] : [.. provider.ProvidedParameters];
        if (declared.Contains(reference.Name)) return;
        var meant = NearestName.Of(reference.Name, declared) is { } near ? $"; did you mean '{near}'?" : "";
        Fault($"{at}/{(reference.Kind == ReferenceKind.ServiceEnd ? "service" : "parameter")}", $"names something that the instance does not declare{meant}");
    }

    private static string IdProblem(string? id) => InstanceId.TryParse(id, out _, out var problem) ? "" : problem;

    private void Fault(string pointer, string detail) => _faults.Add(new(pointer, detail));
}
