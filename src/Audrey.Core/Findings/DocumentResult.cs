using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Audrey.Core.Findings;

/// <summary>An error at one location in a document. It never contains a value or a secret of the document.</summary>
/// <param name="Message">Describes the error and how to correct it.</param>
/// <param name="Line">The line in the document, from 1.</param>
/// <param name="Column">The column in that line, from 1.</param>
public sealed record Finding(string Message, int Line, int Column)
{
    /// <inheritdoc/>
    public override string ToString() => $"line {Line}, column {Column}: {Message}";
}

/// <summary>The content of a document, or all errors in it.</summary>
/// <typeparam name="T">The type of the content.</typeparam>
public sealed class DocumentResult<T>
    where T : class
{
    internal DocumentResult(T value) => Value = value;

    internal DocumentResult(ImmutableArray<Finding> findings) => Findings = findings;

    /// <summary>The content of the document. Null if there are findings.</summary>
    public T? Value { get; }

    /// <summary>All errors, in document order. Empty if the document is valid.</summary>
    public ImmutableArray<Finding> Findings { get; } = [];

    /// <summary>Whether the document is valid.</summary>
    [MemberNotNullWhen(true, nameof(Value))]
    public bool IsValid => Value is not null;
}
