using System.Collections.Immutable;
using Audrey.Core.Findings;

namespace Audrey.Core.Xml;

/// <summary>A document after <see cref="XmlRepair"/>, with the way back to the locations in the document as it was sent.</summary>
/// <param name="bytes">The repaired document.</param>
/// <param name="ampersands">The original locations of the ampersands that were escaped, in document order.</param>
/// <param name="firstLineShift">The number of columns that were inserted at the beginning.</param>
internal sealed class RepairedXml(ReadOnlyMemory<byte> bytes, ImmutableArray<SourceLocation> ampersands, int firstLineShift)
{
    /// <summary>The number of columns that escaping an ampersand inserts: <c>amp;</c>.</summary>
    private const int EscapeLength = 4;

    public ReadOnlyMemory<byte> Bytes => bytes;

    /// <summary>Returns the location in the original document of a location in the repaired document.</summary>
    public SourceLocation Original(SourceLocation location)
    {
        var (line, column) = location;
        if (line == 1 && firstLineShift > 0) column = Math.Max(1, column - firstLineShift);
        if (ampersands.IsEmpty) return new(line, column);

        // The ampersand with this number on its line has moved by the escapes of those before it.
        var first = CountBefore(0, ampersands.Length, i => ampersands[i].Line < line);
        var end = CountBefore(first, ampersands.Length, i => ampersands[i].Line == line);
        var passed = CountBefore(first, end, i => ampersands[i].Column + EscapeLength * (i - first) < column) - first;
        if (passed == 0) return new(line, column);
        return new(line, Math.Max(ampersands[first + passed - 1].Column, column - EscapeLength * passed));
    }

    /// <summary>Returns the first index from <paramref name="from"/> for which the condition is false.</summary>
    private static int CountBefore(int from, int to, Func<int, bool> isBefore)
    {
        while (from < to)
        {
            var middle = (from + to) / 2;
            if (isBefore(middle)) from = middle + 1;
            else to = middle;
        }

        return from;
    }
}
