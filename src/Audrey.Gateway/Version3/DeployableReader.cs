using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Core.Limits;
using Audrey.Core.Registration;
using Audrey.Protocol.Version3;

namespace Audrey.Gateway.Version3;

/// <summary>
/// Makes instances of a request, and finds everything that is wrong with it before any of it is registered: its form here, all else by the
/// check that the client library makes.
/// </summary>
internal sealed class DeployableReader(DeployableId deployable, DocumentLimits limits)
{
    private readonly FaultList _faults = new();

    /// <summary>What is wrong, each with its place; empty when nothing is.</summary>
    public IReadOnlyList<Fault> Faults => _faults.All;

    /// <summary>What is legal and may be a mistake.</summary>
    public IReadOnlyList<Fault> Warnings { get; private set; } = [];

    /// <summary>How long the deployable may take.</summary>
    public TimeSpan? Deadline { get; private set; }

    public IReadOnlyList<InstanceConfig> Read(DeployableRequest request)
    {
        if (string.IsNullOrEmpty(request.Name)) _faults.Add("/name", "is missing: the deployable's name");
        if (request.DeadlineSeconds is { } seconds) ReadDeadline(seconds);
        if (request.Instances is not { Count: > 0 } given)
        {
            _faults.Add("/instances", "is missing: one instance at least");
            return [];
        }

        // An instance without an id cannot be made: what was found in the others is told with their own places.
        var parameters = new ParameterReader(given, _faults);
        List<InstanceConfig> instances = [];
        List<int> places = [];
        for (var i = 0; i < given.Count; i++)
        {
            if (Instance(parameters, $"/instances/{i}", given[i], request.Name ?? "") is not { } instance) continue;
            instances.Add(instance);
            places.Add(i);
        }

        if (instances.Count == 0) return [];
        var check = RegistrationCheck.Run(instances, limits);
        foreach (var problem in check.Problems)
        {
            // The deployable's name is in every instance, and wrong once; that it is missing was said.
            if (problem.Path == "deployableName" && (problem.Index != 0 || string.IsNullOrEmpty(request.Name))) continue;
            _faults.Add(PlaceOf(problem, places), problem.Message);
        }

        Warnings = [.. check.Warnings.Select(warning => new Fault(PlaceOf(warning, places), warning.Message))];
        return instances;
    }

    private static string PlaceOf(RegistrationFinding finding, List<int> places) =>
        finding.Index is { } index ? Pointers.Of(places[index], finding.Path) : "/instances";

    private void ReadDeadline(double seconds)
    {
        if (seconds > 0 && seconds <= TimeSpan.FromDays(3660).TotalSeconds) Deadline = TimeSpan.FromSeconds(seconds);
        else _faults.Add("/deadlineSeconds", "must be more than 0, and ten years at most");
    }

    private InstanceConfig? Instance(ParameterReader parameters, string at, InstanceRequest? request, string deployableName)
    {
        if (request is null)
        {
            _faults.Add($"{at}/id", "the instance is null");
            return null;
        }

        if (!InstanceId.TryParse(request.Id, out var id, out var problem))
        {
            _faults.Add($"{at}/id", $"is no UUID: {problem}");
            return null;
        }

        return new InstanceConfig
        {
            Id = id,
            Name = request.Assembly ?? "",
            Secret = request.Secret ?? "",
            Type = request.Type,
            Deployable = deployable,
            DeployableName = deployableName,
            Template = request.Template,
            ProvidedParameters = [.. (request.Provide ?? []).Select(provided => provided?.Name ?? "")],
            SecretParameters = [.. (request.Provide ?? []).Where(provided => provided?.Secret == true).Select(provided => provided.Name ?? "")],
            Ordinal = request.Ordinal,
            Services = [.. (request.Services ?? []).Select((service, index) => Service(parameters, $"{at}/services/{index}", service))],
        };
    }

    private static ServiceConfig Service(ParameterReader parameters, string at, ServiceConfigRequest? request) => new()
    {
        Name = request?.Name ?? "",
        Classes = [.. (request?.Classes ?? []).Select(name => name ?? "")],
        Executable = Source(request?.Executable),
        Files = [.. (request?.Files ?? []).Select(file => Source(file) ?? new SourceFile())],
        Parameters = [.. (request?.Parameters ?? []).Select((parameter, index) => parameters.Read($"{at}/parameters/{index}", parameter))],
    };

    private static SourceFile? Source(SourceRequest? request) =>
        request is null ? null : new() { Url = request.Url, FileName = request.FileName, Contents = request.Contents };
}
