using System.Buffers.Binary;
using System.Globalization;
using System.Net;

namespace Audrey.Agent.Facts.Sshd;

/// <summary>A socket that listens, as the kernel lists it.</summary>
internal sealed record ListeningSocket(IPEndPoint Address, string Inode);

/// <summary>Reads the TCP sockets that listen, and the processes that hold them.</summary>
internal static class ListeningSockets
{
    private const string Listening = "0A";

    /// <summary>Returns the sockets of this network namespace.</summary>
    public static IReadOnlyList<ListeningSocket> Read() =>
        [.. new[] { "/proc/net/tcp", "/proc/net/tcp6" }.Where(File.Exists).SelectMany(table => Parse(File.ReadLines(table)))];

    /// <summary>Reads the lines of <c>/proc/net/tcp</c> or <c>/proc/net/tcp6</c>. They can be many, so they are not kept.</summary>
    public static IEnumerable<ListeningSocket> Parse(IEnumerable<string> table) =>
        from line in table.Skip(1)
        let fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)
        where fields.Length > 9 && fields[3] == Listening
        let address = fields[1].Split(':')
        select new ListeningSocket(
            new IPEndPoint(ParseAddress(address[0]), int.Parse(address[1], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)),
            fields[9]);

    /// <summary>Returns the inodes of the sockets that the process holds. Null if the process has ended.</summary>
    /// <exception cref="FactException">The process belongs to another user.</exception>
    public static HashSet<string>? FindInodes(int pid)
    {
        try
        {
            return
            [
                .. from descriptor in Directory.EnumerateFileSystemEntries($"/proc/{pid}/fd")
                   let target = new FileInfo(descriptor).LinkTarget
                   where target is not null && target.StartsWith("socket:[", StringComparison.Ordinal)
                   select target["socket:[".Length..^1],
            ];
        }
        catch (DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            if (!Directory.Exists($"/proc/{pid}")) return null;
            throw new FactException($"the sockets of process {pid} cannot be read: {failure.Message} Run this command as root.");
        }
    }

    /// <summary>The kernel writes an address as words of 32 bits in the byte order of the machine.</summary>
    private static IPAddress ParseAddress(string text)
    {
        var bytes = Convert.FromHexString(text);
        for (var word = 0; word < bytes.Length; word += 4)
            BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(word), BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(word)));
        return new IPAddress(bytes);
    }
}
