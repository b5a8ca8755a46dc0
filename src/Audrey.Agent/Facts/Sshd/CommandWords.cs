using System.Text;

namespace Audrey.Agent.Facts.Sshd;

/// <summary>Splits the command line of a unit into words, and replaces the variables in it, as systemd does.</summary>
internal static class CommandWords
{
    /// <summary>Splits a text at spaces. Quotes keep spaces, and a backslash keeps the next character.</summary>
    public static IReadOnlyList<string> Split(string text)
    {
        var words = new List<string>();
        StringBuilder? word = null;
        var quote = '\0';
        for (var i = 0; i < text.Length; i++)
        {
            var character = text[i];
            if (quote == '\0' && char.IsWhiteSpace(character))
            {
                if (word is not null) words.Add(word.ToString());
                word = null;
                continue;
            }

            word ??= new StringBuilder();
            if (character == '\\' && quote != '\'' && i + 1 < text.Length) word.Append(text[++i]);
            else if (character == quote) quote = '\0';
            else if (quote == '\0' && character is '"' or '\'' && quote == '\0') quote = character;
            else word.Append(character);
        }

        if (word is not null) words.Add(word.ToString());
        return words;
    }

    /// <summary>
    /// Replaces the variables. A word that is only <c>$NAME</c> becomes the words of the value, and <c>${NAME}</c> becomes the value as it
    /// is. A variable that is not set is empty.
    /// </summary>
    public static IReadOnlyList<string> Expand(IEnumerable<string> words, IReadOnlyDictionary<string, string> variables)
    {
        var expanded = new List<string>();
        foreach (var word in words)
        {
            if (word is ['$', not '{', ..] && word.AsSpan(1).IndexOfAnyExcept(Letters) < 0)
                expanded.AddRange(Split(variables.GetValueOrDefault(word[1..], "")));
            else
                expanded.Add(ReplaceBraces(word, variables));
        }

        return expanded;
    }

    private static readonly System.Buffers.SearchValues<char> Letters =
        System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");

    private static string ReplaceBraces(string word, IReadOnlyDictionary<string, string> variables)
    {
        var result = new StringBuilder();
        var rest = word.AsSpan();
        while (rest.IndexOf("${") is >= 0 and var start && rest[start..].IndexOf('}') is > 0 and var length)
        {
            result.Append(rest[..start]).Append(variables.GetValueOrDefault(rest[(start + 2)..(start + length)].ToString(), ""));
            rest = rest[(start + length + 1)..];
        }

        return result.Append(rest).Replace("%%", "%").ToString();
    }
}
