using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Core.Limits;
using Audrey.Core.Registration;
using Audrey.Protocol.Version3;

namespace Audrey.Gateway.Documents;

/// <summary>
/// Reads the instances of a registration, and finds every error in it before any instance is registered. This class finds errors of form.
/// The check that the client library also makes finds all other errors.
/// </summary>
internal sealed class DeployableRequestReader(DeployableId deployable, DocumentLimits limits)
{
    private readonly RequestErrors _errors = new();

    /// <summary>The errors, each with its place; empty if there are none.</summary>
    public IReadOnlyList<Fault> Errors => _errors.All;

    /// <summary>Gets the findings that are allowed but could be mistakes.</summary>
    public IReadOnlyList<Fault> Warnings { get; private set; } = [];

    /// <summary>Gets the time within which the deployable must be complete; null if there is no limit.</summary>
    public TimeSpan? Deadline { get; private set; }

    public IReadOnlyList<InstanceConfig> Read(DeployableRequest request)
    {
        if (string.IsNullOrEmpty(request.Name)) _errors.Add("/name", "is missing: the deployable's name");
        if (request.DeadlineSeconds is { } seconds) ReadDeadline(seconds);
        if (request.Instances is not { Count: > 0 } given)
        {
            _errors.Add("/instances", "is missing: one instance at least");
            return [];
        }

        // Instances without an id are left out, so each of the others keeps its index in the body.
        var parameters = new ParameterReader(given, _errors);
        List<InstanceConfig> instances = [];
        List<int> indices = [];
        for (var i = 0; i < given.Count; i++)
        {
            if (Instance(parameters, $"/instances/{i}", given[i], request.Name ?? "") is not { } instance) continue;
            instances.Add(instance);
            indices.Add(i);
        }

        if (instances.Count == 0) return [];
        var check = RegistrationCheck.Run(instances, limits);
        foreach (var problem in check.Problems)
        {
            // Every instance has the deployable's name, but one error is enough. A missing name was reported above.
            if (problem.Path == "deployableName" && (problem.Index != 0 || string.IsNullOrEmpty(request.Name))) continue;
            _errors.Add(PointerTo(problem, indices), problem.Message);
        }

        Warnings = [.. check.Warnings.Select(warning => new Fault(PointerTo(warning, indices), warning.Message))];
        return instances;
    }

    private static string PointerTo(RegistrationFinding finding, List<int> indices) =>
        finding.Index is { } index ? JsonPointers.Format(indices[index], finding.Path) : "/instances";

    private void ReadDeadline(double seconds)
    {
        if (seconds > 0 && seconds <= TimeSpan.FromDays(3660).TotalSeconds) Deadline = TimeSpan.FromSeconds(seconds);
        else _errors.Add("/deadlineSeconds", "must be more than 0 and at most ten years");
    }

    private InstanceConfig? Instance(ParameterReader parameters, string at, InstanceRequest? request, string deployableName)
    {
        if (request is null)
        {
            _errors.Add($"{at}/id", "the instance is null");
            return null;
        }

        if (!InstanceId.TryParse(request.Id, out var id, out var problem))
        {
            _errors.Add($"{at}/id", $"is not a UUID: {problem}");
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
            SecretParameters =
                [.. (request.Provide ?? []).Where(provided => provided?.Secret == true).Select(provided => provided.Name ?? "")],
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
