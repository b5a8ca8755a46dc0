using System.Text;

namespace Audrey.EndToEnd.Tests.Hostile;

/// <summary>A request as it is sent, and its description for the message of a failed test.</summary>
internal sealed record HostileRequest(int Seed, byte[] Bytes)
{
    /// <summary>Returns the request with escapes for all bytes that are not printable.</summary>
    public override string ToString()
    {
        var text = new StringBuilder($"Seed {Seed}:\n");
        foreach (var value in Bytes)
        {
            if (value is (byte)'\n' or (>= 0x20 and < 0x7f)) text.Append((char)value);
            else if (value != (byte)'\r') text.Append($"<{value:x2}>");
        }

        return text.ToString();
    }
}
