namespace Audrey.Cli.Output;

/// <summary>Makes text printable that can come from a guest. A guest's text must not control the terminal.</summary>
internal static class PrintableText
{
    /// <summary>Returns the text as one line. Each control character except a tab is replaced, also each line end.</summary>
    public static string Line(string text) => Replace(text, keepsLines: false);

    /// <summary>Returns the text with its lines. Each other control character except a tab is replaced.</summary>
    public static string Lines(string text) => Replace(text.ReplaceLineEndings("\n"), keepsLines: true);

    private static string Replace(string text, bool keepsLines) => !text.Any(char.IsControl) ? text : string.Concat(text.Select(
        character => char.IsControl(character) && character != '\t' && !(keepsLines && character == '\n') ? '\ufffd' : character));
}
