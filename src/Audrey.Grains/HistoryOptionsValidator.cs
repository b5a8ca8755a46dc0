using Microsoft.Extensions.Options;

namespace Audrey.Grains;

/// <summary>Reports every setting of <see cref="HistoryOptions"/> that is out of its range, all at once.</summary>
internal sealed class HistoryOptionsValidator : IValidateOptions<HistoryOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, HistoryOptions options)
    {
        string[] problems = [.. Problems(options)];
        return problems.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    private static IEnumerable<string> Problems(HistoryOptions options)
    {
        if (options.KeepFor < TimeSpan.Zero || options.KeepFor > TimeSpan.FromDays(3650)) yield return "Audrey:History:KeepFor must be 0 to 3,650 d";
        if (options.MaxEvents is < 1_000 or > 10_000_000) yield return "Audrey:History:MaxEvents must be 1,000 to 10,000,000";
        if (options.MaxDeleted is < 1 or > 10_000) yield return "Audrey:History:MaxDeleted must be 1 to 10,000";
        if (options.CheckInterval < TimeSpan.FromMilliseconds(100) || options.CheckInterval > TimeSpan.FromDays(1)) yield return "Audrey:History:CheckInterval must be 100 ms to 1 d";
    }
}
