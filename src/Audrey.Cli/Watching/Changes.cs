using Audrey.Cli.Output;
using Audrey.Core.Instances;
using Audrey.Core.Statuses;

namespace Audrey.Cli.Watching;

/// <summary>What is new since the last look at a deployable, a line each.</summary>
internal sealed class Changes
{
    private readonly Dictionary<string, string> _known = [];

    /// <summary>The lines that say something else than before, each with how well it is.</summary>
    public IEnumerable<(string Line, CompletionStatus Status)> In(DeployableStatus status)
    {
        foreach (var instance in status.Instances)
        {
            var who = $"{instance.Assembly} ({instance.Id})";
            if (instance.FirstContact is not null && IsNew($"heard of {instance.Id}", instance.Generation.ToString("D", null)))
                yield return ($"{who} is up{(instance.Address is { } address ? $" at {address}" : "")}", CompletionStatus.Incomplete);
            foreach (var service in instance.Services)
            {
                var line = $"{who} {StatusText.Service(service)}";
                if (IsNew($"service {instance.Id}/{service.Name}", line)) yield return (line, service.Status);
            }

            // When a provider was last heard of changes all the time; that a wait is there is told once.
            foreach (var wait in instance.Waits)
                if (IsNew($"wait {instance.Id}/{wait.Service}/{wait.Parameter}/{wait.Provider.Id}", $"{instance.Generation} {wait.Reason}"))
                    yield return ($"  {wait}", CompletionStatus.Incomplete);
            if (instance.Status != CompletionStatus.Incomplete && IsNew($"instance {instance.Id}", instance.Status.ToString()))
                yield return ($"{who} is {StatusText.Word(instance.Status)}", instance.Status);
        }

        foreach (var cycle in status.Deadlocks)
            if (IsNew("cycle " + cycle, "")) yield return ($"never starts: {cycle}", CompletionStatus.Error);
    }

    private bool IsNew(string what, string text)
    {
        if (_known.TryGetValue(what, out var before) && before == text) return false;
        _known[what] = text;
        return true;
    }
}
