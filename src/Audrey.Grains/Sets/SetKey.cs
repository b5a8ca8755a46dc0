using System.Globalization;

namespace Audrey.Grains.Sets;

/// <summary>The key of one page of a set: <c>s:PAGE:OWNER</c>.</summary>
/// <param name="Page">The page's number. Callers use page 0.</param>
/// <param name="Owner">The owner of the set.</param>
internal readonly record struct SetKey(int Page, string Owner)
{
    public static SetKey Parse(string key)
    {
        var end = key.IndexOf(':', 2);
        return new(int.Parse(key.AsSpan(2, end - 2), NumberStyles.None, CultureInfo.InvariantCulture), key[(end + 1)..]);
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"s:{Page}:{Owner}");
}
