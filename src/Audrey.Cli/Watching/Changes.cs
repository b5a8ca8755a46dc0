using Audrey.Cli.Output;
using Audrey.Core.Completion;
using Audrey.Core.Instances;
using Audrey.Core.Statuses;

namespace Audrey.Cli.Watching;

/// <summary>Finds what changed since the last status of a deployable.</summary>
internal sealed class Changes
{
    private readonly Dictionary<string, string> _known = [];

    /// <summary>Returns a line for each change, with the reported status.</summary>
    public IEnumerable<(string Line, CompletionStatus Status)> In(DeployableStatus status)
    {
        foreach (var instance in status.Instances)
        {
            var who = StatusText.Name(instance);
            if (instance.FirstContact is not null && IsNew($"heard of {instance.Id}", instance.Generation.ToString("D", null)))
                yield return ($"{who} is up{(instance.Address is { } address ? $" at {address}" : "")}", CompletionStatus.Incomplete);
            foreach (var service in instance.Services)
            {
                var line = $"{who} {StatusText.Service(service)}";
                if (!IsNew($"service {instance.Id}/{service.Name}", $"{service.Ended:O} {line}")) continue;
                yield return (line, service.Status);
                if (service.Status != CompletionStatus.Error) continue;
                foreach (var written in OutputLines.Of(service.Output)) yield return ("  " + written, CompletionStatus.Incomplete);
            }

            // The last contact of a provider changes all the time, so a missing value is shown only once.
            foreach (var wait in instance.Waits)
            {
                var key = $"wait {instance.Id}/{wait.Service}/{wait.Parameter}/{wait.Provider?.Id}";
                if (IsNew(key, $"{instance.Generation} {wait.Reason}")) yield return ($"  {wait}", CompletionStatus.Incomplete);
            }

            var outOfDate = StatusText.OutOfDate(instance);
            if (IsNew($"applied {instance.Id}", outOfDate ?? "") && outOfDate is not null)
                yield return ($"{who} is {outOfDate}", CompletionStatus.Incomplete);
            var silent = StatusText.Silent(instance);
            if (IsNew($"silent {instance.Id}", silent ?? "") && silent is not null)
                yield return ($"{who} is {silent}", CompletionStatus.Incomplete);
            if (IsNew($"instance {instance.Id}", instance.Status.ToString()) && instance.Status != CompletionStatus.Incomplete)
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
