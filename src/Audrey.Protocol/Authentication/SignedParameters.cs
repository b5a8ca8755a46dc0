using System.Buffers;

namespace Audrey.Protocol.Authentication;

/// <summary>The places where a request can have parameters. The values are flags, so that several places can be combined.</summary>
[Flags]
internal enum ParameterLocation : byte
{
    None = 0,
    Query = 1,
    Header = 2,
    Body = 4,
}

/// <summary>
/// Collects the parameters of a request, encoded twice as the base string requires, and sorts them. The object holds rented memory, so it
/// must be disposed.
/// </summary>
internal ref struct SignedParameters(int rawBytes)
{
    private readonly byte[] _text = ArrayPool<byte>.Shared.Rent(Math.Max(rawBytes * PercentEncoding.MaxExpansion, 16));
    private Entry[] _entries = ArrayPool<Entry>.Shared.Rent(16);
    private int _used;

    public int Count { get; private set; }

    public bool IsOverfull { get; private set; }

    public readonly ReadOnlySpan<byte> Name(int index) => _text.AsSpan(_entries[index].NameStart, _entries[index].NameLength);

    public readonly ReadOnlySpan<byte> Value(int index) =>
        _text.AsSpan(_entries[index].NameStart + _entries[index].NameLength, _entries[index].ValueLength);

    public readonly ParameterLocation Location(int index) => _entries[index].Location;

    /// <summary>Returns whether the parameter is a field that the server reads from the form body.</summary>
    public readonly bool IsDataField(int index) =>
        Location(index) == ParameterLocation.Body && (IsAudreyData(index) || Name(index).SequenceEqual("data"u8));

    /// <summary>
    /// Returns whether the parameter is a field with data where the server must not read it: <c>data</c> outside the form body,
    /// <c>audrey_data</c> in the header, or either of them a second time.
    /// </summary>
    public readonly bool IsMisplaced(int index)
    {
        var isAudreyData = IsAudreyData(index);
        if (!isAudreyData && !Name(index).SequenceEqual("data"u8)) return false;
        var isAllowed = Location(index) == ParameterLocation.Body || (isAudreyData && Location(index) == ParameterLocation.Query);
        return !isAllowed || IsRepeated(index);
    }

    /// <summary>Returns whether a parameter before this one has the same name. The parameters must be sorted.</summary>
    public readonly bool IsRepeated(int index) => index > 0 && Name(index).SequenceEqual(Name(index - 1));

    /// <summary>The maximum size of all names, values and separators in the base string, in bytes.</summary>
    public readonly int MaxBaseStringBytes => _used + Count * 6;

    /// <summary>Adds every <c>name=value</c> of a query or a form body.</summary>
    public void AddForm(scoped ReadOnlySpan<byte> text, ParameterLocation location)
    {
        while (!text.IsEmpty)
        {
            var end = text.IndexOf((byte)'&');
            var part = end < 0 ? text : text[..end];
            text = end < 0 ? default : text[(end + 1)..];
            if (part.IsEmpty) continue;

            var equals = part.IndexOf((byte)'=');
            if (equals < 0) Add(part, default, location);
            else Add(part[..equals], part[(equals + 1)..], location);
        }
    }

    /// <summary>Adds a parameter. A plus is a space, except in the header.</summary>
    public void Add(scoped ReadOnlySpan<byte> name, scoped ReadOnlySpan<byte> value, ParameterLocation location)
    {
        if (Count == OAuthRequest.MaxParameters)
        {
            IsOverfull = true;
            return;
        }

        if (Count == _entries.Length) Grow();

        var plusIsSpace = location != ParameterLocation.Header;
        var nameLength = PercentEncoding.Recode(name, plusIsSpace, _text.AsSpan(_used));
        var valueLength = PercentEncoding.Recode(value, plusIsSpace, _text.AsSpan(_used + nameLength));
        _entries[Count++] = new Entry(_used, nameLength, valueLength, location);
        _used += nameLength + valueLength;
    }

    /// <summary>Sorts by name, then by value, bytewise. Uses insertion sort, as there are usually about nine parameters.</summary>
    public readonly void Sort()
    {
        for (var i = 1; i < Count; i++)
        {
            for (var j = i; j > 0 && Compare(j - 1, j) > 0; j--) (_entries[j - 1], _entries[j]) = (_entries[j], _entries[j - 1]);
        }
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_text);
        ArrayPool<Entry>.Shared.Return(_entries);
        Count = 0;
    }

    private readonly bool IsAudreyData(int index) => Name(index).SequenceEqual("audrey_data"u8);

    private readonly int Compare(int left, int right)
    {
        var byName = Name(left).SequenceCompareTo(Name(right));
        return byName != 0 ? byName : Value(left).SequenceCompareTo(Value(right));
    }

    private void Grow()
    {
        var larger = ArrayPool<Entry>.Shared.Rent(_entries.Length * 2);
        _entries.AsSpan(0, Count).CopyTo(larger);
        ArrayPool<Entry>.Shared.Return(_entries);
        _entries = larger;
    }

    private readonly record struct Entry(int NameStart, int NameLength, int ValueLength, ParameterLocation Location);
}
