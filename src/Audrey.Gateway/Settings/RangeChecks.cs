using Microsoft.Extensions.Options;

namespace Audrey.Gateway.Settings;

/// <summary>Collects what is wrong in one section of the configuration, each as a sentence that names the option.</summary>
public sealed class RangeChecks(string section)
{
    private readonly List<string> _problems = [];

    /// <summary>Everything found, as the answer of a validator.</summary>
    public ValidateOptionsResult Result => _problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(_problems);

    /// <summary>Everything found.</summary>
    public IReadOnlyList<string> Problems => _problems;

    /// <summary>Notes a problem if <paramref name="value"/> is not in the range, its ends included.</summary>
    public void Check<T>(string option, T value, T least, T most)
        where T : IComparable<T>, IFormattable
    {
        if (value.CompareTo(least) < 0 || value.CompareTo(most) > 0)
            _problems.Add(FormattableString.Invariant($"{section}:{option} is {value}; it must be between {least} and {most}."));
    }

    /// <summary>Notes that <paramref name="option"/> is wrong because of <paramref name="problem"/>, a sentence's end.</summary>
    public void Add(string option, string problem) => _problems.Add($"{section}:{option} {problem}.");
}
