using Microsoft.Extensions.Options;

namespace Audrey.Grains;

/// <summary>Reports every setting of <see cref="PropagationOptions"/> that is out of its range, all at once.</summary>
internal sealed class PropagationOptionsValidator : IValidateOptions<PropagationOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, PropagationOptions options)
    {
        string[] problems = [.. Problems(options)];
        return problems.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    private static IEnumerable<string> Problems(PropagationOptions options)
    {
        if (options.PushBound < TimeSpan.Zero || options.PushBound > TimeSpan.FromSeconds(10)) yield return "Audrey:Propagation:PushBound must be 0 to 10 s";
        if (options.PushRetryDelay < TimeSpan.FromMilliseconds(10) || options.PushRetryDelay > TimeSpan.FromSeconds(10)) yield return "Audrey:Propagation:PushRetryDelay must be 10 ms to 10 s";
        if (options.PushAttempts is < 1 or > 1000) yield return "Audrey:Propagation:PushAttempts must be 1 to 1,000";
        if (options.PullInterval < TimeSpan.FromMilliseconds(100) || options.PullInterval > TimeSpan.FromHours(1)) yield return "Audrey:Propagation:PullInterval must be 100 ms to 1 h";
        if (options.RefreshInterval < TimeSpan.FromSeconds(1) || options.RefreshInterval > TimeSpan.FromDays(1)) yield return "Audrey:Propagation:RefreshInterval must be 1 s to 1 d";
        if (options.DeletionRetryInterval < TimeSpan.FromMilliseconds(100) || options.DeletionRetryInterval > TimeSpan.FromHours(1)) yield return "Audrey:Propagation:DeletionRetryInterval must be 100 ms to 1 h";
    }
}
