using Audrey.Core.Ids;
using Microsoft.Extensions.Options;

namespace Audrey.Gateway.Settings;

/// <summary>Holds <see cref="ConductorOptions"/> to what they document. No message quotes a secret.</summary>
internal sealed class ConductorOptionsValidator : IValidateOptions<ConductorOptions>
{
    public const int MaxSecretLength = 4096;

    public ValidateOptionsResult Validate(string? name, ConductorOptions options)
    {
        var problems = new RangeChecks(ConductorOptions.Section);
        var keys = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < options.Conductors.Count; i++)
        {
            var entry = options.Conductors[i];
            if (!ConductorKey.TryParse(entry.Key, out _, out var problem))
                problems.Add($"{i}:Key", $"cannot be used: {problem}");
            else if (!keys.Add(entry.Key))
                problems.Add($"{i}:Key", $"is '{entry.Key}', which another conductor has already");

            if (entry.Secret.Length == 0)
                problems.Add($"{i}:Secret", "is empty");
            else if (entry.Secret.Length > MaxSecretLength)
                problems.Add($"{i}:Secret", $"is {entry.Secret.Length} characters long; at most {MaxSecretLength} are allowed");
        }

        return problems.Result;
    }
}
