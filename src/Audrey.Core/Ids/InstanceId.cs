using System.Diagnostics.CodeAnalysis;
using Orleans;

namespace Audrey.Core.Ids;

/// <summary>
/// The id of an instance. By convention it is a UUID, and messages call it a UUID. The documents of 2011 and 2012 allow any string, so any
/// string that satisfies the rules for ids is accepted. Ids are compared exactly, including their case.
/// </summary>
[GenerateSerializer, Immutable, Alias("audrey.InstanceId")]
public readonly record struct InstanceId
{
    private InstanceId(string value) => Value = value;

    /// <summary>The id as a string of 1 to 255 characters, without path separators and control characters.</summary>
    [Id(0)]
    public string Value { get; init; }

    /// <summary>Parses an id.</summary>
    /// <exception cref="FormatException">The string is not an id. The message explains why.</exception>
    public static InstanceId Parse(string text) => TryParse(text, out var id, out var problem) ? id : throw new FormatException(problem);

    /// <summary>Tries to parse an id. <paramref name="problem"/> explains why the string is not an id.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out InstanceId id, [NotNullWhen(false)] out string? problem)
    {
        problem = IdRules.Problem(text, "the instance UUID");
        id = problem is null ? new InstanceId(text!) : default;
        return problem is null;
    }

    /// <inheritdoc/>
    public override string ToString() => Value;
}
