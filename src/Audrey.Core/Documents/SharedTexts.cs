namespace Audrey.Core.Documents;

/// <summary>
/// Stores strings that many configurations share once in memory. For example, ten thousand instances name the same deployable, services,
/// parameters and providers. The table has a fixed size and overwrites old entries. A string that is no longer in the table is simply
/// stored twice.
/// </summary>
internal static class SharedTexts
{
    private const int Places = 4096;

    private static readonly string?[] s_texts = new string?[Places];

    /// <summary>Returns an equal string. It is the stored object if the table still has the string.</summary>
    public static string Intern(string text)
    {
        ref var location = ref s_texts[(uint)text.GetHashCode(StringComparison.Ordinal) % Places];
        return location is { } known && known == text ? known : location = text;
    }
}
