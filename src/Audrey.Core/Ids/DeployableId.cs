using System.Diagnostics.CodeAnalysis;
using Orleans;

namespace Audrey.Core.Ids;

/// <summary>The id of a deployable. Ids are compared exactly, including their case.</summary>
[GenerateSerializer, Immutable, Alias("audrey.DeployableId")]
public readonly record struct DeployableId
{
    private DeployableId(string value) => Value = value;

    /// <summary>The id as a string of 1 to 255 characters, without path separators and control characters.</summary>
    [Id(0)]
    public string Value { get; init; }

    /// <summary>Parses an id.</summary>
    /// <exception cref="FormatException">The string is not an id. The message explains why.</exception>
    public static DeployableId Parse(string text) => TryParse(text, out var id, out var problem) ? id : throw new FormatException(problem);

    /// <summary>Tries to parse an id. <paramref name="problem"/> explains why the string is not an id.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out DeployableId id, [NotNullWhen(false)] out string? problem)
    {
        problem = IdRules.Problem(text, "the deployable id");
        id = problem is null ? new DeployableId(text!) : default;
        return problem is null;
    }

    /// <inheritdoc/>
    public override string ToString() => Value;
}
