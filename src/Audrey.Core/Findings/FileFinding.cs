using System.Globalization;

namespace Audrey.Core.Findings;

/// <summary>An error or a probable mistake at one location in a file. The finding never contains the value of a parameter.</summary>
/// <param name="File">The path of the file.</param>
/// <param name="Line">The line in the file, from 1.</param>
/// <param name="Column">The column in that line, from 1.</param>
/// <param name="Message">A description of the error and its remedy.</param>
public sealed record FileFinding(string File, int Line, int Column, string Message)
{
    /// <summary>Returns <c>file:line:column: message</c>, a form that editors can jump to.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{File}:{Line}:{Column}: {Message}");
}
