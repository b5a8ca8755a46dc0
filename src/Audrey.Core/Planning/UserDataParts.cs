using System.Buffers;
using System.Text;

namespace Audrey.Core.Planning;

/// <summary>User data of two parts: the user's own, and a cloud-config that cloud-init merges into it.</summary>
internal static class UserDataParts
{
    private const string Template = "## template: jinja";
    private const string MimeVersion = "mime-version:";
    private const int HeaderCharacters = 4096;

    /// <summary>The characters that a part may have without an encoding.</summary>
    private static readonly SearchValues<char> Plain =
        SearchValues.Create([.. Enumerable.Range(' ', 0x7F - ' ').Select(code => (char)code), '\t', '\n']);

    /// <summary>The first lines, or their beginnings, from which cloud-init recognises user data.</summary>
    public static readonly string[] FirstLines =
    [
        "#cloud-config", "#cloud-config-archive", "#cloud-config-jsonp", "#cloud-boothook", "#include", "#include-once", "#part-handler",
        "#!", Template,
    ];

    /// <summary>Returns whether cloud-init recognises user data.</summary>
    public static bool IsKnown(string text) => IsMime(text) || FirstLines.Any(line => text.StartsWith(line, StringComparison.Ordinal));

    /// <summary>Returns a MIME message with both parts.</summary>
    public static string Join(string userData, string cloudConfig)
    {
        var boundary = "audrey";
        while (userData.Contains("--" + boundary, StringComparison.Ordinal)) boundary += "-";
        var message = new StringBuilder();
        message.Append($"MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"{boundary}\"\n\n--{boundary}\n");
        if (IsMime(userData)) message.Append(userData);
        else if (!userData.AsSpan().ContainsAnyExcept(Plain)) message.Append($"Content-Type: text/plain\n\n{userData}");
        else
        {
            message.Append("Content-Type: text/plain; charset=\"utf-8\"\nContent-Transfer-Encoding: base64\n\n");
            message.Append(Convert.ToBase64String(Encoding.UTF8.GetBytes(userData)));
        }

        return message.Append($"\n--{boundary}\nContent-Type: text/cloud-config\n\n{cloudConfig}\n--{boundary}--\n").ToString();
    }

    private static bool IsMime(string text) =>
        text.AsSpan(0, Math.Min(text.Length, HeaderCharacters)).Contains(MimeVersion, StringComparison.OrdinalIgnoreCase)
        && !text.StartsWith('#');
}
