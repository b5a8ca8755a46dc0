using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Reflection;
using Audrey.Abstractions;
using Audrey.Abstractions.Auditing;
using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Credentials;
using Audrey.Abstractions.Deployables;
using Audrey.Abstractions.Events;
using Audrey.Abstractions.Instances;
using Audrey.Abstractions.Launching;
using Audrey.Abstractions.Operations;
using Audrey.Core.Access;
using Audrey.Core.Auditing;
using Audrey.Core.Differences;
using Audrey.Core.Documents;
using Audrey.Core.Facts;
using Audrey.Core.Ids;
using Audrey.Core.Instances;
using Audrey.Core.Replay;
using Audrey.Core.Statuses;
using Orleans.Concurrency;

namespace Audrey.Grains.Conductor;

/// <inheritdoc cref="IConductorOperations"/>
/// <remarks>
/// The grain filters the calls to itself: a method is called only after the credential and its role were looked up on this silo. The filter
/// also refuses calls through any other interface, because every grain also has interfaces of Orleans.
/// </remarks>
[GrainType(Type), StatelessWorker(1), Reentrant]
internal sealed class ConductorOperationsGrain : Grain, IConductorOperations, IIncomingGrainCallFilter
{
    /// <summary>The grain type, with which the port for clients compares the target of each call.</summary>
    public const string Type = "operations";

    /// <summary>The maximum number of launches that are remembered as the conductor's own.</summary>
    private const int MaxLaunches = 1024;

    /// <summary>The maximum wait of a call for members that hand over their work. It is shorter than the time-out of a call.</summary>
    private static readonly TimeSpan MaxScaleWait = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan ScaleInterval = TimeSpan.FromMilliseconds(250);

    private static readonly FrozenDictionary<MethodInfo, ConductorAction> Actions = typeof(IConductorOperations).GetMethods()
        .Select(method => (Method: method, method.GetCustomAttribute<RequiresAttribute>()?.Action))
        .Where(rule => rule.Action is not null)
        .ToFrozenDictionary(rule => rule.Method, rule => rule.Action!.Value);

    private static readonly AsyncLocal<ConductorIdentity?> Caller = new();

    private readonly ConductorDirectory _directory;
    private readonly ConductorKey _credential;
    private readonly OpenStreams _streams;
    private readonly InstanceReplacement _replacement;
    private readonly ServiceRetries _retries;
    private readonly OperationsTrail _trail;
    private readonly TimeProvider _time;
    private readonly HashSet<(LaunchKey Launch, ConductorKey Owner)> _launches = [];

    public ConductorOperationsGrain(
        IGrainContext context, IGrainFactory grains, ConductorDirectory directory, OpenStreams streams, OperationsTrail trail,
        TimeProvider time)
    {
        _credential = ConductorKey.Parse(context.GrainId.Key.ToString()![2..]);
        (_directory, _streams, _trail, _time) = (directory, streams, trail, time);
        _replacement = new(grains, new DirectCalls());
        _retries = new(grains, new DirectCalls());
    }

    private static ConductorKey Conductor => Caller.Value?.Key ?? throw new InvalidOperationException("The call was not filtered.");

    private GrainComparisonSteps Comparison => new(GrainFactory, Conductor);

    private ICredentialsGrain Credentials => GrainFactory.GetGrain<ICredentialsGrain>(GrainKeys.Credentials);

    public async Task Invoke(IIncomingGrainCallContext context)
    {
        if (await _directory.Find(_credential) is not { } caller)
            throw Refuse($"The credential '{_credential}' is not valid any more.", null);
        if (context.InterfaceMethod is not { } method || !Actions.TryGetValue(method, out var action))
            throw Refuse("Only the operations of a conductor can be called.", caller);
        if (!caller.Role.Permits(action)) throw Refuse(RoleRefusal.Describe(caller.Role, action), caller);
        Caller.Value = caller;
        await _trail.Run(context, caller);

        CallerRefusedException Refuse(string problem, ConductorIdentity? refused) =>
            _trail.Refuse(context, new(problem) { IsUnproven = refused is null }, refused);
    }

    public Task<ConductorAnswer> Register(RequestMark mark, InstanceConfig config) => FindProblem(config, config.Deployable) is { } problem
        ? Task.FromResult(problem)
        : GrainFactory.GetGrain<IRegistrarGrain>(0).Register(Command(mark), config);

    public async Task<LaunchAnswer> BeginLaunch(DeployableId deployable, LaunchRequest request)
    {
        var conductor = Conductor;
        var answer = await Deployable(deployable).BeginLaunch(request with { Command = request.Command with { Conductor = conductor } });
        if (answer.Outcome == ConductorOutcome.Done) Remember(new(deployable, answer.Incarnation, request.Digest), conductor);
        return answer;
    }

    public async Task<LaunchChunkAnswer> Launch(LaunchChunk chunk)
    {
        if (!await IsMine(chunk.Launch)) return new(ConductorOutcome.LaunchEnded, []);
        ConductorAnswer?[] problems = [.. chunk.Instances.Select(config => FindProblem(config, chunk.Launch.Deployable))];
        if (Array.TrueForAll(problems, problem => problem is null))
            return await GrainFactory.GetGrain<IRegistrarGrain>(0).Launch(chunk with { Conductor = Conductor });
        return new(ConductorOutcome.Done, [.. problems.Select(problem => problem ?? Refuse("another instance in the request is invalid"))]);
    }

    public async Task<ConductorAnswer> SealLaunch(LaunchKey launch) =>
        await IsMine(launch) ? await Deployable(launch.Deployable).SealLaunch(launch) : Ended(launch);

    public async Task<ConductorAnswer> AbandonLaunch(LaunchKey launch) =>
        await IsMine(launch) ? await Deployable(launch.Deployable).AbandonLaunch(launch) : Ended(launch);

    public async Task<ScaleAnswer> Scale(DeployableId deployable, ScaleRequest request)
    {
        // The grain of the deployable does not wait while members hand over their work, so that it can do other work.
        var owned = request with { Command = request.Command with { Conductor = Conductor } };
        for (var begun = _time.GetTimestamp(); ;)
        {
            var answer = await Deployable(deployable).Scale(owned);
            if (answer.Outcome != ConductorOutcome.ScalingUnfinished || _time.GetElapsedTime(begun) > MaxScaleWait) return answer;
            await Task.Delay(ScaleInterval, _time);
        }
    }

    public Task<ConductorAnswer> Replace(InstanceId instance, RequestMark mark, string secret, TimeSpan? deadline) =>
        _replacement.Run(Command(mark), InstanceId.Parse(instance.Value), deployable: null, secret, deadline, CancellationToken.None);

    public Task<GuestSecret> RotateSecret(InstanceId instance, TimeSpan overlap, RequestMark mark) => _replacement.Rotate(
        Command(mark),
        InstanceId.Parse(instance.Value),
        deployable: null,
        overlap < CredentialRules.MaxOverlap ? overlap : CredentialRules.MaxOverlap,
        CancellationToken.None);

    public Task<RetryAnswer> RetryServices(InstanceId instance, string? service, RequestMark mark) => _retries.Run(
        Command(mark), InstanceId.Parse(instance.Value), deployable: null, service, CancellationToken.None);

    public Task<ConductorAnswer> Delete(DeployableId deployable, RequestMark mark) => Deployable(deployable).Delete(Command(mark));

    public async Task<InstanceReport?> GetInstance(InstanceId instance)
    {
        var report = await GrainFactory.Reference<IInstanceGrain>(GrainKeys.Of(InstanceId.Parse(instance.Value))).GetReport();
        return report?.Conductor == Conductor ? report : null;
    }

    public async Task<KeptFacts?> GetFacts(InstanceId instance)
    {
        var facts = await GrainFactory.Reference<IInstanceGrain>(GrainKeys.Of(InstanceId.Parse(instance.Value))).GetFacts();
        return facts?.Conductor == Conductor ? facts : null;
    }

    public async Task<DeployableHeader?> GetDeployable(DeployableId deployable)
    {
        var header = await Deployable(deployable).GetHeader();
        return header?.Conductor == Conductor ? header : null;
    }

    public async Task<CountedInstances?> CountInstances(DeployableId deployable) =>
        await GetDeployable(deployable) is { } header
            ? await EventsOf(header.Id).Summarize(header.Incarnation, header.LaunchedLately)
            : null;

    public async Task<FoundInstances?> FindInstances(DeployableId deployable, InstanceQuery query) =>
        await GetDeployable(deployable) is { } header
            ? await EventsOf(header.Id).Find(query with { Incarnation = header.Incarnation })
            : null;

    public async Task<ImmutableArray<InstanceReport>> GetInstances(DeployableId deployable, int page)
    {
        var reports = await Deployable(deployable).GetReports(page);
        return [.. reports.Where(report => report.Conductor == Conductor)];
    }

    public Task<ImmutableArray<MemberLabel>> GetLabels(DeployableId deployable, int page) =>
        Comparison.GetLabels(DeployableId.Parse(deployable.Value), page);

    public Task<ImmutableArray<InstanceDifferences?>> Compare(DeployableId deployable, ImmutableArray<InstanceConfig> given)
    {
        foreach (var config in given)
            if (FindProblem(config, deployable) is { } problem) throw new ArgumentException(problem.Problems[0], nameof(given));
        return Comparison.Compare(DeployableId.Parse(deployable.Value), given);
    }

    public Task<DeployablesPage> List(int page) => GrainFactory.GetGrain<IConductorGrain>(GrainKeys.Of(Conductor)).List(page);

    public async Task<EventPage> ReadEvents(DeployableId deployable, EventQuery query)
    {
        var events = EventsOf(DeployableId.Parse(deployable.Value));
        query = query with { Conductor = Conductor };
        if (query.Wait <= TimeSpan.Zero) return await events.Read(query);
        if (_streams.Open(Conductor, out var stream) is { } excess)
            throw new CallerRefusedException(excess.Describe()) { Quota = excess };
        using (stream) return await events.Read(query);
    }

    public Task<CredentialAnswer> AddCredential(ConductorKey key, ConductorRole role, ConductorKey? actsFor, RequestMark mark) =>
        Credentials.Add(ConductorKey.Parse(key.Value), role, actsFor is { } conductor ? ConductorKey.Parse(conductor.Value) : null, mark);

    public Task<AuditPage> ReadAudit(AuditFilter filter, string? after) => AuditReader.Read(GrainFactory, filter, after);

    public async Task<ConductorAnswer> HandOver(DeployableId deployable, ConductorKey to, RequestMark mark)
    {
        var conductor = ConductorKey.Parse(to.Value);
        return await _directory.HasCredentials(conductor)
            ? await Deployable(deployable).HandOver(conductor)
            : ConductorAnswer.Refuse(ConductorOutcome.SourcesRefused, HandOverRules.NoConductor(conductor));
    }

    public Task<ImmutableArray<CredentialSummary>> ListCredentials() => Credentials.List().AsTask();

    public Task<CredentialAnswer> RotateCredential(ConductorKey key, TimeSpan overlap, RequestMark mark) =>
        Credentials.Rotate(key, overlap, mark);

    public Task<CredentialOutcome> RevokeCredential(ConductorKey key) => Credentials.Revoke(key);

    private static ConductorCommand Command(RequestMark mark) => new(Conductor, mark);

    private static ConductorAnswer Refuse(string problem) => ConductorAnswer.Refuse(ConductorOutcome.SourcesRefused, problem);

    private static ConductorAnswer Ended(LaunchKey launch) =>
        ConductorAnswer.Refuse(ConductorOutcome.LaunchEnded, $"this conductor has no such launch of deployable {launch.Deployable}");

    /// <summary>
    /// Returns the refusal of an instance that cannot be passed on to the registrar, or null. The registrar checks all other rules.
    /// </summary>
    private static ConductorAnswer? FindProblem(InstanceConfig config, DeployableId deployable)
    {
        if (!InstanceId.TryParse(config.Id.Value, out _, out var problem)) return Refuse(problem);
        if (!DeployableId.TryParse(config.Deployable.Value, out _, out problem)) return Refuse(problem);
        return config.Deployable == deployable ? null : Refuse($"the instance names another deployable than '{deployable}'");
    }

    // Ids are parsed again, because a client that does not use Audrey's library can send any text as an id.
    private IEventsGrain EventsOf(DeployableId id) => GrainFactory.GetGrain<IEventsGrain>(GrainKeys.Of(id));

    private IDeployableGrain Deployable(DeployableId id) =>
        GrainFactory.Reference<IDeployableGrain>(GrainKeys.Of(DeployableId.Parse(id.Value)));

    private async ValueTask<bool> IsMine(LaunchKey launch)
    {
        var conductor = Conductor;
        if (_launches.Contains((launch, conductor))) return true;
        if ((await Deployable(launch.Deployable).GetHeader())?.Conductor != conductor) return false;
        Remember(launch, conductor);
        return true;
    }

    private void Remember(LaunchKey launch, ConductorKey conductor)
    {
        if (_launches.Count >= MaxLaunches) _launches.Clear();
        _launches.Add((launch, conductor));
    }
}
