using Audrey.Client;
using Audrey.Core.Ids;
using Audrey.Core.Limits;
using Audrey.Core.Registration;
using Audrey.Protocol.Version3;

namespace Audrey.Cli.Connection;

/// <summary>Translates problems into the exceptions of the client library.</summary>
internal static class GatewayProblems
{
    /// <summary>Returns the answer if it is a success.</summary>
    /// <exception cref="RefusedException">The request was refused. The exception contains every reason.</exception>
    /// <exception cref="QuotaExceededException">The request would exceed a quota.</exception>
    public static GatewayAnswer Require(this GatewayAnswer answer, GatewayRequest request) =>
        answer.Problem is { } problem ? throw Refused($"The servers refused {request.What}", problem) : answer;

    /// <summary>Returns the exception for a problem.</summary>
    /// <param name="what">The operation that was refused.</param>
    /// <param name="problem">The reasons.</param>
    /// <param name="instance">The instance that the problem is about; null if it is about the deployable.</param>
    public static AudreyException Refused(string what, Problem problem, InstanceId? instance = null) => problem switch
    {
        { Type: ProblemTypes.QuotaExceeded } => Exceeded(problem.Detail ?? problem.Title, problem.Quota, problem.Limit, problem.Present),
        { Errors: { Count: > 0 } errors } =>
            new RefusedException(what, [.. errors.Select(error => new RegistrationFinding(instance, Text(error)))]),
        _ => new RefusedException(what, [new RegistrationFinding(instance, problem.Detail ?? problem.Title)]),
    };

    /// <summary>Returns the exception for a quota that would be exceeded.</summary>
    public static QuotaExceededException Exceeded(string detail, string? quota, long? limit, long? present) => new(
        $"Nothing was changed: {detail}",
        Enum.TryParse<QuotaKind>(quota, ignoreCase: true, out var kind) ? kind : QuotaKind.Instances,
        limit ?? 0,
        present ?? 0);

    /// <summary>
    /// Returns an error in a line of a launch, or in another body. The pointer is left out if it only says that the error is about the
    /// instance of the line.
    /// </summary>
    public static string Text(ProblemError error) =>
        error.Pointer is "" or "/instance" ? error.Detail : $"{error.Pointer} {error.Detail}";
}

/// <summary>Waits for an operation that the servers carry out. The delays grow from a tenth of a second to a second.</summary>
internal sealed class GatewayWait(GatewayCalls calls)
{
    private static readonly TimeSpan MaxDelay = TimeSpan.FromSeconds(1);

    private TimeSpan _delay = TimeSpan.FromMilliseconds(50);

    /// <summary>Asks until the operation has ended.</summary>
    public async Task UntilAsync(Func<Task<bool>> hasEnded, CancellationToken cancellationToken)
    {
        while (!await hasEnded())
        {
            await Task.Delay(_delay, calls.Time, cancellationToken);
            _delay = _delay * 2 < MaxDelay ? _delay * 2 : MaxDelay;
        }
    }
}
