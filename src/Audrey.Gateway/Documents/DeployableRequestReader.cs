using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Core.Limits;
using Audrey.Core.Registration;
using Audrey.Protocol.Version3;

namespace Audrey.Gateway.Documents;

/// <summary>
/// Reads the instances of a registration, and finds every error in the registration before any instance is registered. This class finds
/// errors of form. The check that the client library also uses finds all other errors.
/// </summary>
internal sealed class DeployableRequestReader(DeployableId deployable, DocumentLimits limits)
{
    private readonly RequestErrors _errors = new();

    /// <summary>The errors, each with its place in the body. Empty if there are no errors.</summary>
    public IReadOnlyList<ProblemError> Errors => _errors.All;

    /// <summary>Gets the findings that are allowed but could be mistakes.</summary>
    public IReadOnlyList<ProblemError> Warnings { get; private set; } = [];

    /// <summary>Gets the time within which the deployable must be configured. Null if there is no limit.</summary>
    public TimeSpan? Deadline { get; private set; }

    public IReadOnlyList<InstanceConfig> Read(DeployableRequest request)
    {
        if (string.IsNullOrEmpty(request.Name)) _errors.Add("/name", "is missing; give the deployable a name");
        Deadline = DurationReader.ReadDeadline(request.DeadlineSeconds, _errors);
        if (request.Instances is not { Count: > 0 } given)
        {
            _errors.Add("/instances", "is missing or empty; give at least one instance");
            return [];
        }

        // Instances without an id are left out. The list of indices holds the index in the body for each of the other instances.
        var reader = new InstanceReader(deployable, request.Name ?? "", GroupMembers.Of(given), _errors);
        List<InstanceConfig> instances = [];
        List<int> indices = [];
        for (var i = 0; i < given.Count; i++)
        {
            if (reader.Read($"/instances/{i}", given[i]) is not { } instance) continue;
            instances.Add(instance);
            indices.Add(i);
        }

        if (instances.Count == 0) return [];
        var check = RegistrationCheck.Run(instances, limits);
        foreach (var problem in check.Problems)
        {
            // Every instance has the deployable's name, but one error about the name is enough. A missing name was reported above.
            if (problem.Path == "deployableName" && (problem.Index != 0 || string.IsNullOrEmpty(request.Name))) continue;
            _errors.Add(PointerTo(problem, indices), problem.Message);
        }

        Warnings = [.. check.Warnings.Select(warning => new ProblemError(PointerTo(warning, indices), warning.Message))];
        return instances;
    }

    private static string PointerTo(RegistrationFinding finding, List<int> indices) =>
        finding.Index is { } index ? JsonPointers.Format($"/instances/{indices[index]}", finding.Path) : "/instances";
}
