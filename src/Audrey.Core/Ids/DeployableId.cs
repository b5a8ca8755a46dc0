using System.Diagnostics.CodeAnalysis;
using Orleans;

namespace Audrey.Core.Ids;

/// <summary>Id of a deployable; compared exactly, case included.</summary>
[GenerateSerializer, Immutable, Alias("audrey.DeployableId")]
public readonly record struct DeployableId
{
    private DeployableId(string value) => Value = value;

    /// <summary>The id's text: 1 to 255 characters, not path-like, no control characters.</summary>
    [Id(0)]
    public string Value { get; init; }

    /// <summary>Takes <paramref name="text"/> as an id.</summary>
    /// <exception cref="FormatException">The text is not an id; the message says why.</exception>
    public static DeployableId Parse(string text) => TryParse(text, out var id, out var problem) ? id : throw new FormatException(problem);

    /// <summary>Takes <paramref name="text"/> as an id, or says why it is none.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out DeployableId id, [NotNullWhen(false)] out string? problem)
    {
        problem = IdRules.Problem(text, "the deployable id");
        id = problem is null ? new DeployableId(text!) : default;
        return problem is null;
    }

    /// <inheritdoc/>
    public override string ToString() => Value;
}
