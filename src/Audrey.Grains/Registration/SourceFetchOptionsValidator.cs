using System.Globalization;
using System.Net;
using Microsoft.Extensions.Options;

namespace Audrey.Grains.Registration;

/// <summary>Reports every setting of <see cref="SourceFetchOptions"/> that is out of its range, all at once.</summary>
internal sealed class SourceFetchOptionsValidator : IValidateOptions<SourceFetchOptions>
{
    private const int MaxNetworks = 256;
    private static readonly TimeSpan MinTimeout = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan MaxTimeout = TimeSpan.FromMinutes(2);

    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, SourceFetchOptions options)
    {
        string[] problems = [.. Problems(options)];
        return problems.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    private static IEnumerable<string> Problems(SourceFetchOptions options)
    {
        if (options.Timeout < MinTimeout || options.Timeout > MaxTimeout)
            yield return Problem(nameof(options.Timeout), $"is {options.Timeout}; allowed are {MinTimeout} to {MaxTimeout}");
        if (options.MaxConcurrent is < 1 or > 1024)
            yield return Problem(nameof(options.MaxConcurrent), $"is {options.MaxConcurrent}; allowed are 1 to 1024");
        if (options.AllowedNetworks.Count > MaxNetworks)
        {
            yield return Problem(
                nameof(options.AllowedNetworks), $"lists {options.AllowedNetworks.Count} networks; at most {MaxNetworks} are allowed");
        }

        for (var i = 0; i < options.AllowedNetworks.Count; i++)
        {
            if (IPNetwork.TryParse(options.AllowedNetworks[i], out _)) continue;
            yield return Problem(
                $"{nameof(options.AllowedNetworks)}:{i}",
                $"is not a network in CIDR notation; write an address, a slash and a prefix length, such as 192.0.2.0/24");
        }
    }

    private static string Problem(string setting, FormattableString problem) =>
        $"{SourceFetchOptions.Section}:{setting} {problem.ToString(CultureInfo.InvariantCulture)}";
}
