using System.Text;

namespace Audrey.Gateway.Responses;

/// <summary>Formats <c>Content-Disposition</c>. The name is always in quotes, because guests expect the quotes.</summary>
internal static class AttachmentName
{
    public static string Header(string name)
    {
        var quoted = new StringBuilder();
        var plain = true;
        foreach (var character in name)
        {
            if (character is '"' or '\\') quoted.Append('\\');
            plain &= char.IsAscii(character);
            quoted.Append(char.IsAscii(character) ? character : '_');
        }

        var header = $"attachment; filename=\"{quoted}\"";
        return plain ? header : $"{header}; filename*=UTF-8''{Uri.EscapeDataString(name)}";
    }
}
