using System.Collections.Immutable;
using Audrey.Core.Deployables.Files;
using Audrey.Core.Findings;

namespace Audrey.Core.Deployables.Drafts;

/// <summary>One file that is being read, with what was found in it so far.</summary>
internal sealed class SourceDocument(DocumentFile file)
{
    public string Path => file.Path;

    public ReadOnlyMemory<byte> Bytes => file.Bytes;

    /// <summary>Whether it could not be read to its end.</summary>
    public bool Incomplete { get; set; }

    /// <summary>What is wrong.</summary>
    public FindingList Findings { get; } = new();

    /// <summary>What is legal and probably a mistake.</summary>
    public FindingList Warnings { get; } = new();

    /// <summary>A place in this file.</summary>
    public DocumentLocation At(SourceLocation location) => new(this, location);

    /// <summary>All findings of some files, the first ones told and the rest counted.</summary>
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

/// <summary>A place in a file.</summary>
internal readonly record struct DocumentLocation(SourceDocument Document, SourceLocation Location)
{
    /// <summary>Says what is wrong there.</summary>
    public void Report(string message) => Document.Findings.Add(message, Location);

    /// <summary>Says what is probably a mistake there.</summary>
    public void Warn(string message) => Document.Warnings.Add(message, Location);
}
