namespace Audrey.Core.Documents;

/// <summary>
/// Stores texts that many configurations share once in memory: ten thousand instances name the same deployable, services, parameters and
/// providers. The table has a fixed size and overwrites old entries. A text that is not in it simply occupies memory twice.
/// </summary>
internal static class SharedTexts
{
    private const int Places = 4096;

    private static readonly string?[] s_texts = new string?[Places];

    /// <summary>Returns an equal text, as the stored object if the table still has it.</summary>
    public static string Intern(string text)
    {
        ref var location = ref s_texts[(uint)text.GetHashCode(StringComparison.Ordinal) % Places];
        return location is { } known && known == text ? known : location = text;
    }
}
