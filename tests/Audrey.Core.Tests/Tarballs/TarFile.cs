using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace Audrey.Core.Tests.Tarballs;

/// <summary>Creates malformed tar files, which the check must refuse.</summary>
internal sealed class TarFile
{
    private readonly MemoryStream _tar = new();

    /// <summary>Adds an entry.</summary>
    /// <param name="name">The path.</param>
    /// <param name="type">The type of the entry, as one character of the tar format.</param>
    /// <param name="data">The data.</param>
    /// <param name="mode">The mode in octal.</param>
    /// <param name="size">The size in the header. If null, the header has the size of the data.</param>
    public TarFile Entry(string name, char type = '0', byte[]? data = null, string mode = "0000644", long? size = null)
    {
        data ??= [];
        var header = new byte[512];
        Put(header, 0, name);
        Put(header, 100, mode);
        Put(header, 108, "0000000");
        Put(header, 116, "0000000");
        Put(header, 124, Convert.ToString(size ?? data.Length, 8).PadLeft(11, '0'));
        Put(header, 136, "00000000000");
        Put(header, 148, "        ");
        header[156] = (byte)type;
        Put(header, 157, type is '1' or '2' ? "/etc/passwd" : "");
        Put(header, 257, "ustar\0" + "00");
        Put(header, 148, Convert.ToString(header.Sum(each => each), 8).PadLeft(6, '0') + "\0 ");
        _tar.Write(header);
        _tar.Write(data);
        _tar.Write(new byte[-data.Length & 511]);
        return this;
    }

    /// <summary>Adds a pax header for the next entry. With type <c>g</c> the header applies to all further entries.</summary>
    public TarFile Pax(string key, string value, char type = 'x')
    {
        var body = $" {key}={value}\n";
        var length = Encoding.UTF8.GetByteCount(body);
        var total = length + 1;
        while (total.ToString(CultureInfo.InvariantCulture).Length + length != total) total++;
        return Entry("pax", type, Encoding.UTF8.GetBytes(total.ToString(CultureInfo.InvariantCulture) + body));
    }

    /// <summary>Adds a GNU header with a long name for the next entry.</summary>
    public TarFile LongName(string name) => Entry("././@LongLink", 'L', [.. Encoding.UTF8.GetBytes(name), 0]);

    /// <summary>Returns the compressed file with its end-of-archive marker.</summary>
    public byte[] End()
    {
        _tar.Write(new byte[1024]);
        return Compressed();
    }

    /// <summary>Returns the compressed file without its end-of-archive marker.</summary>
    public byte[] Compressed()
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true)) gzip.Write(_tar.ToArray());
        return packed.ToArray();
    }

    private static void Put(byte[] header, int at, string text) => Encoding.UTF8.GetBytes(text).CopyTo(header, at);
}
