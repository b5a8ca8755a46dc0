using Audrey.Core.Differences;
using Audrey.Core.Documents;
using Audrey.Core.Registration;

namespace Audrey.Abstractions.Launching;

/// <summary>
/// Compares a registered deployable with one that its conductor would register under the same id. Each instance compares itself, so
/// registered values and files stay where they are. The client library and the gateway use this class.
/// </summary>
/// <param name="steps">The calls of the comparison.</param>
/// <param name="calls">Makes the calls, and repeats failed calls.</param>
public sealed class RegisteredComparison(IComparisonSteps steps, ILaunchCalls calls)
{
    /// <summary>Compares a deployable. Returns null if the conductor has no such deployable.</summary>
    /// <param name="given">All instances of one deployable, at least one, which have passed <see cref="RegistrationCheck"/>.</param>
    /// <param name="deadline">The deadline of the given deployable. Null if it has none.</param>
    /// <param name="cancellationToken">Stops the comparison.</param>
    public async Task<DeployableDifferences?> Run(
        IReadOnlyCollection<InstanceConfig> given, TimeSpan? deadline, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(given);
        var id = given.First().Deployable;
        var what = $"comparing deployable '{id}'";
        if (await Call(() => steps.GetHeader(id)) is not { } header) return null;
        var comparison = new DeployableComparison(given, deadline);
        for (var page = 0; page < header.Pages; page++)
        {
            var number = page;
            comparison.Add(await Call(() => steps.GetLabels(id, number)));
        }

        foreach (var chunk in LaunchChunks.Of(comparison.Matched()))
        {
            var compared = await Call(() => steps.Compare(id, chunk));
            foreach (var (one, differences) in chunk.Zip(compared)) comparison.Add(one.Id, differences);
        }

        return comparison.ToResult(header);

        Task<T> Call<T>(Func<Task<T>> call)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return calls.Run(what, call, null, cancellationToken);
        }
    }
}
