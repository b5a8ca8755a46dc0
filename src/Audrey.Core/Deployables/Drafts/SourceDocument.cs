using System.Collections.Immutable;
using Audrey.Core.Findings;

namespace Audrey.Core.Deployables.Drafts;

/// <summary>A file that is being read, with the findings so far.</summary>
internal sealed class SourceDocument(DocumentFile file)
{
    public string Path => file.Path;

    public ReadOnlyMemory<byte> Bytes => file.Bytes;

    /// <summary>Whether the file could not be read to its end.</summary>
    public bool Incomplete { get; set; }

    /// <summary>The errors.</summary>
    public FindingList Findings { get; } = new();

    /// <summary>The warnings. A warning is about a part that is legal but probably a mistake.</summary>
    public FindingList Warnings { get; } = new();

    /// <summary>Returns a location in this file.</summary>
    public DocumentLocation At(SourceLocation location) => new(this, location);

    /// <summary>Returns the findings of several files. The first findings are kept, and the other findings are counted.</summary>
    public static ImmutableArray<FileFinding> Join(IReadOnlyList<SourceDocument> documents, Func<SourceDocument, FindingList> which)
    {
        var kept = new List<FileFinding>();
        var more = 0;
        foreach (var document in documents)
        {
            var list = which(document);
            foreach (var finding in list.Kept())
            {
                if (kept.Count < FindingList.Capacity)
                    kept.Add(new FileFinding(document.Path, finding.Line, finding.Column, finding.Message));
                else more++;
            }

            more += list.Dropped;
        }

        if (more > 0) kept.Add(kept[^1] with { Message = FindingList.More(more) });
        return [.. kept];
    }
}

/// <summary>A location in a file.</summary>
internal readonly record struct DocumentLocation(SourceDocument Document, SourceLocation Location)
{
    /// <summary>Reports an error at this location.</summary>
    public void Report(string message) => Document.Findings.Add(message, Location);

    /// <summary>Reports a probable mistake at this location.</summary>
    public void Warn(string message) => Document.Warnings.Add(message, Location);
}
