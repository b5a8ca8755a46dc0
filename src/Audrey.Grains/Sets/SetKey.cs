using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Audrey.Grains.Sets;

/// <summary>The key of one page of a set: <c>s:PAGE:OWNER</c>.</summary>
/// <param name="Page">The page's number. Callers use page 0.</param>
/// <param name="Owner">The owner of the set.</param>
internal readonly record struct SetKey(int Page, string Owner)
{
    /// <summary>The maximum length of a key in the storage. Two ids of the maximum length do not fit.</summary>
    private const int MaxLength = 512;

    public static SetKey Parse(string key)
    {
        var end = key.IndexOf(':', 2);
        return new(int.Parse(key.AsSpan(2, end - 2), NumberStyles.None, CultureInfo.InvariantCulture), key[(end + 1)..]);
    }

    /// <summary>Returns the key. In a key that would be too long, a digest stands for the owner.</summary>
    public override string ToString()
    {
        var key = Format(Owner);
        return key.Length <= MaxLength ? key : Format(Digest());
    }

    private string Format(string owner) => string.Create(CultureInfo.InvariantCulture, $"s:{Page}:{owner}");

    // No owner has two slashes in a row, because no id has a slash. So a digest is never mistaken for an owner.
    private string Digest() => "//" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Owner)));
}
