using System.Collections.Immutable;
using Audrey.Abstractions;
using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Deployables;
using Audrey.Core.Ids;
using Audrey.Core.Limits;
using Audrey.Grains.Concurrency;

namespace Audrey.Grains.Deployable;

/// <summary>
/// Reserves the instances of a deployable at its conductor before they become members. A reservation is in memory until the members are
/// durable. If this activation ends before, the conductor counts the members that there are.
/// </summary>
/// <param name="grains">The cluster.</param>
/// <param name="deployable">The deployable.</param>
/// <param name="members">The members of the deployable.</param>
/// <param name="quotas">The quotas. Nothing is counted for a conductor without quotas.</param>
/// <param name="getState">Returns the durable state of the deployable.</param>
internal sealed class Reservations(
    IGrainFactory grains, DeployableId deployable, Membership members, IConductorQuotas quotas, Func<DeployableState> getState)
{
    // A conductor receives one request of the deployable at a time, with the exact number of instances in all.
    private readonly SerialExecutor _asking = new();
    private readonly Dictionary<ConductorKey, Reserved> _reserved = [];
    private readonly List<HashSet<string>> _counting = [];

    // The number of members that are not reserved any more. Null until it is known.
    private (long Incarnation, int Members)? _count;
    private long _created;

    /// <summary>Reserves instances by their ids.</summary>
    public Task<Reservation> Reserve(ConductorKey conductor, ImmutableArray<string> ids) => Reserve(conductor, ids, ids.Length);

    /// <summary>Reserves a number of instances.</summary>
    public Task<Reservation> Reserve(ConductorKey conductor, int number) => Reserve(conductor, [], number);

    /// <summary>
    /// Reserves the same again, after the deployable was added to the conductor's list. The conductor can have begun to count in the
    /// meantime, and has not found the deployable in the list.
    /// </summary>
    public Task<QuotaExcess?> Confirm(ConductorKey conductor) => !quotas.Of(conductor).LimitsRegistrations
        ? Task.FromResult<QuotaExcess?>(null)
        : _asking.Run(async () => await Conductor(conductor).Reserve(deployable, await Total(conductor, more: 0)));

    /// <summary>Notes that the deployable was created without members.</summary>
    public void Created(long incarnation)
    {
        if (incarnation > _created) (_created, _count) = (incarnation, (incarnation, 0));
    }

    /// <summary>Notes that the deployable is about to have fewer members. They are counted again when their number is needed.</summary>
    public Task Shrink(ConductorKey conductor)
    {
        _count = null;
        return quotas.Of(conductor).LimitsRegistrations ? Conductor(conductor).Recount(deployable) : Task.CompletedTask;
    }

    /// <inheritdoc cref="IDeployableGrain.GetUsage"/>
    public async Task<DeployableUsage?> GetUsage(ConductorKey conductor)
    {
        // Instances under way are read before the members. One that becomes a member in the meantime counts twice, not zero times.
        var (instances, state) = (await Total(conductor, more: 0, isExact: true), getState());
        var reserved = _reserved.GetValueOrDefault(conductor);
        if (!IsOf(state, conductor) && reserved is null) return null;
        return new(instances, reserved?.Asking ?? 0, reserved is null && IsSettled(state));
    }

    /// <summary>Returns the number of members, and of those that will be members.</summary>
    public Task<int> Count(ConductorKey conductor) => Total(conductor, more: 0, isExact: true);

    private async Task<Reservation> Reserve(ConductorKey conductor, ImmutableArray<string> ids, int number)
    {
        if (!quotas.Of(conductor).LimitsRegistrations) return new(this, conductor, ids, 0);
        return await _asking.Run(async () =>
        {
            var reserved = Of(conductor);
            reserved.Asking += number;
            try
            {
                var excess = await Ask(conductor, await Total(conductor, number));
                if (excess is not null) excess = await Ask(conductor, await TotalWith(conductor, ids, number - ids.Length));
                if (excess is not null) return new Reservation(excess);
                reserved.Ids.UnionWith(ids);
                reserved.Number += number - ids.Length;
                reserved.Count++;
                return new Reservation(this, conductor, ids, number - ids.Length);
            }
            finally
            {
                reserved.Asking -= number;
                Leave(conductor, reserved);
            }
        });
    }

    /// <summary>Asks the conductor, unless the launch has reserved that many instances.</summary>
    private async Task<QuotaExcess?> Ask(ConductorKey conductor, int total) =>
        IsOf(getState(), conductor) && getState().Launch is { Sealed: null } launch && total <= launch.Instances
            ? null
            : await Conductor(conductor).Reserve(deployable, total);

    /// <summary>Returns the number of instances with some more of them.</summary>
    private async Task<int> Total(ConductorKey conductor, int more, bool isExact = false)
    {
        var state = getState();
        if (!IsOf(state, conductor)) return Under(conductor) + more;
        if (isExact || _count is not { } known || known.Incarnation != state.Incarnation || state.Scaling is { Finished: false })
            return await TotalWith(conductor, [], more);
        return WithLaunch(state, known.Members + Under(conductor) + more);
    }

    /// <summary>Counts the members, with some more ids, which can be members already.</summary>
    private async Task<int> TotalWith(ConductorKey conductor, ImmutableArray<string> ids, int more)
    {
        var state = getState();
        if (!IsOf(state, conductor)) return Under(conductor) + ids.Length + more;
        var all = new HashSet<string>(StringComparer.Ordinal);
        _counting.Add(all);
        try
        {
            await foreach (var batch in members.Batches(state.Incarnation)) all.UnionWith(batch);
        }
        finally
        {
            _counting.Remove(all);
        }

        var reserved = _reserved.GetValueOrDefault(conductor);
        if (reserved is not null) all.UnionWith(reserved.Ids);
        if (state.Scaling is { Finished: false } scaling) all.UnionWith(scaling.Added.Select(added => added.Id.Value));
        else if (getState().Incarnation == state.Incarnation) _count = (state.Incarnation, all.Count - (reserved?.Ids.Count ?? 0));
        all.UnionWith(ids);
        return WithLaunch(state, all.Count + (reserved?.Number ?? 0) + more);
    }

    private static int WithLaunch(DeployableState state, int instances) =>
        state.Launch is { Sealed: null } launch ? Math.Max(launch.Instances, instances) : instances;

    /// <summary>Returns whether the deployable counts for the conductor.</summary>
    private static bool IsOf(DeployableState state, ConductorKey conductor) =>
        state.Phase != DeployablePhase.Absent && (state.Conductor == conductor || state.HandOver?.To == conductor);

    private static bool IsSettled(DeployableState state) =>
        state is { Phase: DeployablePhase.Active, HandOver: null, UnfinishedScaling: null };

    private int Under(ConductorKey conductor) =>
        _reserved.TryGetValue(conductor, out var reserved) ? reserved.Ids.Count + reserved.Number : 0;

    private Reserved Of(ConductorKey conductor)
    {
        if (!_reserved.TryGetValue(conductor, out var reserved)) _reserved[conductor] = reserved = new();
        return reserved;
    }

    private void Leave(ConductorKey conductor, Reserved reserved)
    {
        if (reserved is { Asking: 0, Count: 0 }) _reserved.Remove(conductor);
    }

    private void End(ConductorKey conductor, ImmutableArray<string> ids, int number, bool areMembers)
    {
        foreach (var all in _counting) all.UnionWith(ids);
        _count = areMembers && _count is { } known ? known with { Members = known.Members + ids.Length } : null;
        if (!_reserved.TryGetValue(conductor, out var reserved)) return;
        reserved.Ids.ExceptWith(ids);
        reserved.Number -= number;
        reserved.Count--;
        Leave(conductor, reserved);
    }

    private IConductorGrain Conductor(ConductorKey conductor) =>
        grains.GetGrain<IConductorGrain>(GrainKeys.Of(conductor));

    /// <summary>Some instances that are reserved until they are members. Dispose of it in any case.</summary>
    public sealed class Reservation : IDisposable
    {
        private readonly Reservations? _all;
        private readonly ConductorKey _conductor;
        private readonly ImmutableArray<string> _ids = [];
        private readonly int _number;

        public Reservation(QuotaExcess excess) => Excess = excess;

        public Reservation(Reservations all, ConductorKey conductor, ImmutableArray<string> ids, int number) =>
            (_all, _conductor, _ids, _number) = (all, conductor, ids, number);

        /// <summary>The quota that would be exceeded. Null if the instances are reserved.</summary>
        public QuotaExcess? Excess { get; }

        /// <summary>Whether the instances are members now.</summary>
        public bool AreMembers { get; set; }

        public void Dispose() => _all?.End(_conductor, _ids, _number, AreMembers);
    }

    /// <summary>The reservation at one conductor.</summary>
    private sealed class Reserved
    {
        public HashSet<string> Ids { get; } = new(StringComparer.Ordinal);

        public int Number { get; set; }

        /// <summary>The number of reservations.</summary>
        public int Count { get; set; }

        public int Asking { get; set; }
    }
}
