using System.Collections.Concurrent;
using System.Collections.Immutable;
using Audrey.Client;
using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Core.Limits;
using Audrey.Core.Registration;
using Audrey.Protocol.Version3;

namespace Audrey.Cli.Connection;

/// <summary>
/// Registers whole deployables of any size, all or nothing: begins the launch, sends the instances in pieces, and seals the launch. If the
/// process dies, the same call continues the launch.
/// </summary>
internal sealed class GatewayLaunch(GatewayCalls calls)
{
    private const int MaxConcurrentPieces = 8;

    /// <summary>
    /// Whether the servers certainly have nothing of the launch: its beginning was refused, or it was taken back.
    /// </summary>
    public bool LeftNothing { get; private set; } = true;

    /// <summary>Checks and registers all instances of a deployable. Nothing is sent if the check finds a problem.</summary>
    /// <exception cref="RefusedException">Instances cannot be used.</exception>
    /// <exception cref="ConflictException">The id of the deployable or of an instance is already in use.</exception>
    public async Task<DeployableRegistration> RegisterAsync(
        IReadOnlyCollection<InstanceConfig> instances,
        IProgress<RegistrationProgress> progress,
        TimeSpan? deadline,
        CancellationToken cancellationToken)
    {
        var check = RegistrationCheck.Run(instances, new DocumentLimits());
        if (!check.Problems.IsEmpty) throw new RefusedException("The deployable was not registered. Nothing was sent", check.Problems);

        var first = instances.First();
        var digest = RegistrationDigest.Compute(instances, deadline);
        var number = instances.Count(instance => !instance.IsPrototype);
        var start = new LaunchStart { Name = first.DeployableName, Instances = number, DeadlineSeconds = deadline?.TotalSeconds };
        var state = await BeginAsync(first, digest, start, cancellationToken);
        LeftNothing = false;
        if (state.Sealed)
        {
            progress.Report(new(number, number));
        }
        else
        {
            var refusals = await SendAsync(first, digest, instances, progress, cancellationToken);
            if (!refusals.IsEmpty) throw await UndoAsync(first, digest, refusals, cancellationToken);
            await SealAsync(first, digest, cancellationToken);
        }

        return new DeployableRegistration { Deployable = first.Deployable, Instances = number, Warnings = check.Warnings };
    }

    private async Task<LaunchState> BeginAsync(InstanceConfig first, string digest, LaunchStart start, CancellationToken cancellationToken)
    {
        var request = Request(HttpMethod.Put, Version3Routes.Launch, first, digest)
            .With(start, Version3Json.Default.LaunchStart) with
        { PassingProblem = ProblemTypes.BeingDeleted };
        var answer = await calls.SendAsync(request, cancellationToken);
        var id = first.Deployable;
        return answer.Problem?.Type switch
        {
            null => answer.Read(Version3Json.Default.LaunchState),
            ProblemTypes.AlreadyRegistered => throw Conflict(
                first,
                ConflictReason.AlreadyRegistered,
                $"Deployable '{id}' is registered already, with other contents: delete it first, or use another id."),
            ProblemTypes.NotYours => throw Conflict(
                first, ConflictReason.AnotherConductor, $"Deployable '{id}' belongs to another conductor: use another id."),
            ProblemTypes.BeingDeleted => throw Conflict(
                first, ConflictReason.BeingDeleted, $"Deployable '{id}' cannot be registered yet: it is being deleted. Try again later."),
            _ => throw GatewayProblems.Refused($"Deployable '{id}' was not registered", answer.Problem),
        };
    }

    private async Task<ImmutableArray<RefusedLine>> SendAsync(
        InstanceConfig first,
        string digest,
        IReadOnlyCollection<InstanceConfig> instances,
        IProgress<RegistrationProgress> progress,
        CancellationToken cancellationToken)
    {
        var refusals = new ConcurrentQueue<RefusedLine>();
        var number = instances.Count(instance => !instance.IsPrototype);
        var registered = 0;
        var bound = new ParallelOptions { MaxDegreeOfParallelism = MaxConcurrentPieces, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(LaunchPieces.Of(instances), bound, (piece, token) => new ValueTask(SendPieceAsync(piece, token)));
        return [.. refusals];

        async Task SendPieceAsync(LaunchPiece piece, CancellationToken token)
        {
            var request = Request(HttpMethod.Post, Version3Routes.LaunchInstances, first, digest)
                with
            { Body = piece.Body, ContentType = Version3Routes.JsonLines };
            var answer = await calls.SendAsync(request, token);
            if (answer.Is(ProblemTypes.TooLarge) && piece.Instances.Length > 1)
            {
                foreach (var half in LaunchPieces.Halves(piece)) await SendPieceAsync(half, token);
                return;
            }

            var result = RequireLaunch(first, answer).Require(request).Read(Version3Json.Default.LaunchedInstances);
            foreach (var refusal in result.Refusals) refusals.Enqueue(refusal);
            progress.Report(new(Interlocked.Add(ref registered, result.Registered), number));
        }
    }

    private async Task SealAsync(InstanceConfig first, string digest, CancellationToken cancellationToken)
    {
        var request = Request(HttpMethod.Post, Version3Routes.LaunchSeal, first, digest);
        var answer = RequireLaunch(first, await calls.SendAsync(request, cancellationToken));

        // The instances do not fit together under the limits of the servers.
        if (answer.Is(ProblemTypes.BadRequest)) await TakeBackAsync(first, digest, cancellationToken);
        answer.Require(request);
    }

    private async Task TakeBackAsync(InstanceConfig first, string digest, CancellationToken cancellationToken)
    {
        var request = Request(HttpMethod.Delete, Version3Routes.Launch, first, digest);
        var answer = await calls.SendAsync(request, cancellationToken);
        if (!answer.Is(ProblemTypes.NotFound) && !answer.Is(ProblemTypes.BeingDeleted)) answer.Require(request);
        LeftNothing = true;
    }

    /// <summary>Takes the launch back and returns the exception for the refused instances.</summary>
    private async Task<AudreyException> UndoAsync(
        InstanceConfig first, string digest, ImmutableArray<RefusedLine> refusals, CancellationToken cancellationToken)
    {
        await TakeBackAsync(first, digest, cancellationToken);
        var reasons = refusals.SelectMany(refusal => refusal.Errors, (refusal, error) => (refusal, error)).ToList();
        var (id, sample) = (first.Deployable, refusals[0]);
        if (refusals.Any(refusal => refusal.Type is not (ProblemTypes.IdInUse or ProblemTypes.NotYours)))
        {
            return new RefusedException(
                $"Deployable '{id}' was not registered, {refusals.Length} of its instances were refused",
                [.. reasons.Select(reason => new RegistrationFinding(IdOf(reason.refusal), GatewayProblems.Text(reason.error)))]);
        }

        return new ConflictException(
            $"Instance '{sample.Id}' cannot be registered in deployable '{id}': "
                + (sample.Type == ProblemTypes.IdInUse
                    ? "its UUID is used in another deployable."
                    : "one of the two belongs to another conductor."),
            sample.Type == ProblemTypes.IdInUse ? ConflictReason.InstanceIdInUse : ConflictReason.AnotherConductor,
            IdOf(sample) ?? first.Id,
            id,
            holder: null);
    }

    private static InstanceId? IdOf(RefusedLine line) => InstanceId.TryParse(line.Id, out var id, out _) ? id : null;

    private static GatewayAnswer RequireLaunch(InstanceConfig first, GatewayAnswer answer) =>
        answer.Is(ProblemTypes.NotFound) || answer.Is(ProblemTypes.BeingDeleted)
            ? throw Conflict(
                first,
                ConflictReason.BeingDeleted,
                $"Deployable '{first.Deployable}' was deleted during its registration: register it again if you still want it.")
            : answer;

    private static ConflictException Conflict(InstanceConfig first, ConflictReason reason, string message) =>
        new(message, reason, first.Id, first.Deployable, holder: null);

    private static GatewayRequest Request(HttpMethod method, string route, InstanceConfig first, string digest) => new(
        method, GatewayRequest.PathOf(route, first.Deployable.Value, digest), $"registering deployable '{first.Deployable}'");
}
