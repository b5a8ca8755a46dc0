using System.Text;

namespace Audrey.Core.Text;

/// <summary>UTF-8 in which wrong bytes and unpaired surrogates cause an exception instead of replacement characters.</summary>
internal static class StrictUtf8
{
    /// <summary>The encoding, which writes no byte order mark.</summary>
    public static readonly UTF8Encoding Encoding = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
}
