namespace Audrey.Core.Documents;

/// <summary>
/// Texts that many configurations have in common, each once in memory: ten thousand instances name the same deployable, services, parameters
/// and providers. Bounded and forgetful: a text that is not found is in memory twice, and nothing else.
/// </summary>
internal static class SharedTexts
{
    private const int Places = 4096;

    private static readonly string?[] s_texts = new string?[Places];

    /// <summary>The same text, as the object that others were given, if it is still known.</summary>
    public static string Intern(string text)
    {
        ref var location = ref s_texts[(uint)text.GetHashCode(StringComparison.Ordinal) % Places];
        return location is { } known && known == text ? known : location = text;
    }
}
