namespace Audrey.Core.Text;

/// <summary>
/// Lists of strings as text, with one item on each line. A line feed at the end of the text ends the last line and begins no further item.
/// The text of an empty list is empty. If the last item is empty, the text ends with an additional line feed, so that no list without line
/// feeds in its items loses anything.
/// </summary>
public static class ListText
{
    /// <summary>Returns the text of a list.</summary>
    public static string Join(IReadOnlyList<string> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        return string.Join('\n', items) + (items is [.., ""] ? "\n" : "");
    }

    /// <summary>Returns the items in a text.</summary>
    public static string[] Split(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Length == 0 ? [] : (text.EndsWith('\n') ? text[..^1] : text).Split('\n');
    }
}
