using System.Text.Encodings.Web;
using System.Text.Json;

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

    /// <summary>Returns a list as a JSON array. Only the characters that JSON forbids in strings are escaped where possible.</summary>
    public static string ToJson(IEnumerable<string> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        return $"[{string.Join(',', items.Select(item => $"\"{Escape(item)}\""))}]";
    }

    /// <summary>Returns an item as it is within the quotes of <see cref="ToJson"/>.</summary>
    public static string Escape(string item)
    {
        ArgumentNullException.ThrowIfNull(item);
        return JsonEncodedText.Encode(item, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).ToString();
    }

    /// <summary>Returns the items in a text.</summary>
    public static string[] Split(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Length == 0 ? [] : (text.EndsWith('\n') ? text[..^1] : text).Split('\n');
    }
}
