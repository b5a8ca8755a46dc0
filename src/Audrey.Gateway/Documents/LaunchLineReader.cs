using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Launching;
using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Core.Limits;
using Audrey.Gateway.Requests;
using Audrey.Protocol.Version3;

namespace Audrey.Gateway.Documents;

/// <summary>
/// Reads the lines of a request that registers some instances of a launch. A line is read when its instance is needed, so only a few
/// instances are in memory. A line with an error does not affect the others.
/// </summary>
/// <param name="body">The lines.</param>
/// <param name="deployable">The deployable.</param>
/// <param name="name">The name of the deployable.</param>
/// <param name="limits">The limits for instances.</param>
internal sealed class LaunchLineReader(JsonLinesBody body, DeployableId deployable, string name, DocumentLimits limits)
{
    private const int MaxRefusals = 100;
    private const string InstancePlace = "/instance";

    private readonly GroupMembers _groups = new(
        "is not listed; send a line with the group and its instances before this line, or list them in 'instances'");

    private readonly SortedList<int, RefusedLine> _refusals = [];

    // The line of each instance that was returned.
    private readonly List<int> _lines = [];

    /// <summary>Gets the number of refused lines.</summary>
    public int Refused { get; private set; }

    /// <summary>Gets the first refused lines.</summary>
    public IReadOnlyList<RefusedLine> Refusals => [.. _refusals.Values];

    /// <summary>Returns the instances without errors. The caller enumerates them once.</summary>
    public IEnumerable<InstanceConfig> Instances()
    {
        foreach (var (number, text) in body.Lines())
        {
            if (Read(number, text) is not { } instance) continue;
            _lines.Add(number);
            yield return instance;
        }
    }

    /// <summary>Adds an instance that the cluster has refused.</summary>
    public void Refuse(LaunchRefusal refusal)
    {
        var type = refusal.Answer.Outcome switch
        {
            ConductorOutcome.IdInUse => ProblemTypes.IdInUse,
            ConductorOutcome.NotYours => ProblemTypes.NotYours,
            ConductorOutcome.QuotaExceeded => ProblemTypes.QuotaExceeded,
            _ => ProblemTypes.BadRequest,
        };
        var errors = refusal.Answer.Problems.Select(problem => new ProblemError(InstancePlace, problem));
        Refuse(_lines[refusal.Index], refusal.Instance.Id.Value, type, [.. errors]);
    }

    private InstanceConfig? Read(int number, ReadOnlyMemory<byte> text)
    {
        if (!JsonInput.TryParse(text.Span, Version3Json.Default.LaunchLine, out var line, out var wrong))
        {
            var fault = new ProblemError("", $"the line is not the expected JSON{wrong.Path}, byte {wrong.Byte}: {wrong.Wanted}");
            Refuse(number, null, ProblemTypes.BadJson, [fault]);
            return null;
        }

        var errors = new RequestErrors();
        InstanceConfig? instance = null;
        if (line is { Instance: { } request, Group: null }) instance = ReadInstance(request, errors);
        else if (line is { Instance: null, Group: { } group }) ReadGroup(group, errors);
        else errors.Add("", "must have one of instance and group");
        if (errors.All.Count == 0) return instance;
        Refuse(number, instance?.Id.Value, ProblemTypes.BadRequest, errors.All);
        return null;
    }

    private InstanceConfig? ReadInstance(InstanceRequest request, RequestErrors errors)
    {
        if (new InstanceReader(deployable, name, _groups, errors).Read(InstancePlace, request) is not { } instance) return null;
        foreach (var problem in InstanceConfigRules.Find(instance, limits))
            errors.Add(JsonPointers.Format(InstancePlace, problem.Path), problem.Message);
        return instance;
    }

    private void ReadGroup(GroupLine group, RequestErrors errors)
    {
        if (string.IsNullOrEmpty(group.Assembly)) errors.Add("/group/assembly", "is missing; give the assembly of the group");
        if (group.Instances is not { } listed)
            errors.Add("/group/instances", "is missing; give the UUIDs of the group's instances");
        else if (group.Assembly is not null)
            _groups.Set(group.Assembly, new ParameterReader(_groups, errors).Listed("/group/instances", listed));
    }

    private void Refuse(int line, string? id, string type, IReadOnlyList<ProblemError> errors)
    {
        Refused++;
        _refusals[line] = new() { Line = line, Id = id, Type = type, Errors = errors };
        if (_refusals.Count > MaxRefusals) _refusals.RemoveAt(MaxRefusals);
    }
}
