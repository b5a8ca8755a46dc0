namespace Audrey.Core.Documents;

/// <summary>
/// A table of strings that many configurations contain. Each such string is stored only once in memory. For example, ten thousand instances
/// name the same deployable, services, parameters and providers. The table has a fixed size, and new entries overwrite old entries. A
/// string that is no longer in the table is stored a second time.
/// </summary>
internal static class SharedTexts
{
    private const int Places = 4096;

    private static readonly string?[] s_texts = new string?[Places];

    /// <summary>Returns an equal string. If the table still has the string, returns the stored object.</summary>
    public static string Intern(string text)
    {
        ref var location = ref s_texts[(uint)text.GetHashCode(StringComparison.Ordinal) % Places];
        return location is { } known && known == text ? known : location = text;
    }
}
