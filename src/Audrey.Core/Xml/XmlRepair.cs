using System.Buffers;
using System.Runtime.InteropServices;
using Audrey.Core.Findings;

namespace Audrey.Core.Xml;

/// <summary>
/// Repairs the mistakes in XML that conductors of 2012 make, because their generator does not escape text: an <c>&amp;</c> that does not
/// begin an entity, white space before the XML declaration, and an empty document type. Only bytes outside comments, CDATA sections and
/// processing instructions are changed. A document in UTF-16 is not repaired.
/// </summary>
internal sealed class XmlRepair
{
    /// <summary>The maximum number of ampersands that are repaired. The reader refuses the next one.</summary>
    private const int MaxAmpersands = 10_000;

    private static readonly SearchValues<byte> s_space = SearchValues.Create(" \t\r\n"u8);
    private static readonly SearchValues<byte> s_endOfName = SearchValues.Create(" \t\r\n>[]<\"'&"u8);

    private static readonly SearchValues<byte> s_hexadecimal = SearchValues.Create("0123456789abcdefABCDEF"u8);

    private readonly ReadOnlyMemory<byte> _document;
    private readonly FindingList _forgiven;
    private readonly List<SourceLocation> _ampersands = [];
    private readonly bool _isUtf8;
    private ArrayBufferWriter<byte>? _output;
    private int _at;
    private int _copied;
    private int _line = 1;
    private int _column = 1;
    private int _firstLineShift;
    private bool _rootSeen;
    private bool _documentTypeSeen;

    private XmlRepair(ReadOnlyMemory<byte> document, FindingList forgiven)
    {
        _document = document;
        _forgiven = forgiven;
        _isUtf8 = IsUtf8(Bytes);
    }

    private ReadOnlySpan<byte> Bytes => _document.Span;

    private ReadOnlySpan<byte> Rest => Bytes[_at..];

    /// <summary>Repairs a document.</summary>
    /// <param name="document">The document as it was sent.</param>
    /// <param name="forgiven">Receives a finding for each repair.</param>
    public static RepairedXml Repair(ReadOnlyMemory<byte> document, FindingList forgiven)
    {
        var begin = document.Span;
        if (begin.Length < 2 || begin[0] is 0 or 0xfe or 0xff || begin[1] == 0) return new(document, [], 0);
        var repair = new XmlRepair(document, forgiven);
        repair.Run();
        return repair.Result();
    }

    private static bool IsUtf8(ReadOnlySpan<byte> bytes)
    {
        var start = bytes.IndexOf("<?xml"u8);
        if (start is < 0 or > 1024) return true;
        var declaration = bytes[start..];
        var end = declaration.IndexOf("?>"u8);
        if (end >= 0) declaration = declaration[..end];
        var encoding = declaration.IndexOf("encoding"u8);
        if (encoding < 0) return true;
        var name = declaration[(encoding + "encoding".Length)..].TrimStart(" \t\r\n=\"'"u8);
        return name.Length < 5 || (name[0] | 0x20) == 'u' && (name[1] | 0x20) == 't' && (name[2] | 0x20) == 'f';
    }

    private RepairedXml Result()
    {
        if (_output is null) return new(_document, [], 0);
        _output.Write(Bytes[_copied..]);
        return new(_output.WrittenMemory, [.. _ampersands], _firstLineShift);
    }

    private void Run()
    {
        if (Rest.StartsWith("\xEF\xBB\xBF"u8)) _at += 3;
        MoveDeclaration();
        while (Rest.IndexOfAny((byte)'<', (byte)'&') is >= 0 and var next)
        {
            Advance(next);
            if (Bytes[_at] == '&') Ampersand();
            else if (!SkipBetween("<!--"u8, "-->"u8) && !SkipBetween("<![CDATA["u8, "]]>"u8) && !SkipBetween("<?"u8, "?>"u8)
                && !SkipDocumentType()) SkipTag();
        }
    }

    /// <summary>
    /// Moves the XML declaration before the white space that precedes it, and leaves blanks in its place. So the locations of everything
    /// after it stay the same.
    /// </summary>
    private void MoveDeclaration()
    {
        var space = Rest.IndexOfAnyExcept(s_space);
        if (space <= 0) return;

        // Other processing instructions, such as xml-stylesheet, may have a name that begins in the same way.
        var name = Rest[space..];
        if (!name.StartsWith("<?xml"u8) || name.Length == 5 || !s_space.Contains(name[5])) return;
        var length = Rest[space..].IndexOf("?>"u8) + 2;
        if (length < 2) return;
        var declaration = Rest.Slice(space, length).ToArray();
        declaration.AsSpan().Replace((byte)'\n', (byte)' ');
        declaration.AsSpan().Replace((byte)'\r', (byte)' ');
        Replace(0, declaration);
        _firstLineShift = length;
        Advance(space);
        _forgiven.Add(
            "white space before the XML declaration is ignored; a document begins with its declaration", new(_line, _column));
        Blank(length);
    }

    /// <summary>Escapes the ampersand at the current position unless it begins an entity that XML defines.</summary>
    private void Ampersand()
    {
        if (!IsEntity(Rest) && _ampersands.Count < MaxAmpersands)
        {
            _ampersands.Add(new(_line, _column));
            _forgiven.Add("an & that does not begin an entity is read as it is; write & as &amp;", new(_line, _column));
            Replace(1, "&amp;"u8);
        }
        else
        {
            Advance(1);
        }
    }

    private static bool IsEntity(ReadOnlySpan<byte> text)
    {
        const int maxLength = 32;
        var end = text[..Math.Min(text.Length, maxLength)].IndexOf((byte)';');
        if (end < 2) return false;
        var name = text[1..end];
        if (name.StartsWith("#x"u8)) return name.Length > 2 && !name[2..].ContainsAnyExcept(s_hexadecimal);
        if (name[0] == '#') return name.Length > 1 && !name[1..].ContainsAnyExceptInRange((byte)'0', (byte)'9');
        return name.SequenceEqual("amp"u8) || name.SequenceEqual("lt"u8) || name.SequenceEqual("gt"u8)
            || name.SequenceEqual("quot"u8) || name.SequenceEqual("apos"u8);
    }

    private bool SkipBetween(ReadOnlySpan<byte> begin, ReadOnlySpan<byte> end)
    {
        if (!Rest.StartsWith(begin)) return false;
        var found = Rest[begin.Length..].IndexOf(end);
        Advance(found < 0 ? Rest.Length : begin.Length + found + end.Length);
        return true;
    }

    /// <summary>Replaces a document type that declares nothing and names no other document by blanks.</summary>
    private bool SkipDocumentType()
    {
        if (_rootSeen || _documentTypeSeen || !Rest.StartsWith("<!DOCTYPE"u8)) return false;
        _documentTypeSeen = true;
        var text = Rest["<!DOCTYPE".Length..];
        var name = text.TrimStart(" \t\r\n"u8);
        if (name.Length == text.Length) return false;
        text = name;
        var nameLength = text.IndexOfAny(s_endOfName);
        if (nameLength <= 0) return false;
        text = text[nameLength..].TrimStart(" \t\r\n"u8);
        if (text.StartsWith("["u8))
        {
            text = text[1..].TrimStart(" \t\r\n"u8);
            if (!text.StartsWith("]"u8)) return false;
            text = text[1..].TrimStart(" \t\r\n"u8);
        }

        if (!text.StartsWith(">"u8)) return false;
        _forgiven.Add("an empty document type (DOCTYPE) is ignored; remove it", new(_line, _column));
        Blank(Rest.Length - text.Length + 1);
        return true;
    }

    /// <summary>Moves to the end of a tag, and repairs the values of its attributes.</summary>
    private void SkipTag()
    {
        _rootSeen |= !Rest.StartsWith("<!"u8);
        Advance(1);
        byte quote = 0;
        while (_at < Bytes.Length)
        {
            var next = quote == 0 ? Rest.IndexOfAny((byte)'>', (byte)'"', (byte)'\'') : Rest.IndexOfAny(quote, (byte)'&');
            if (next < 0)
            {
                Advance(Rest.Length);
                return;
            }

            Advance(next);
            var each = Bytes[_at];
            if (each == '&')
            {
                Ampersand();
                continue;
            }

            Advance(1);
            if (each == '>' && quote == 0) return;
            quote = quote == 0 ? each : (byte)0;
        }
    }

    /// <summary>Replaces bytes by blanks of the same shape.</summary>
    private void Blank(int length)
    {
        var blanks = new List<byte>(length);
        foreach (var each in Rest[..length])
        {
            if (each is (byte)'\n' or (byte)'\r') blanks.Add(each);
            else if (!IsContinuation(each)) blanks.Add((byte)' ');
        }

        Replace(length, CollectionsMarshal.AsSpan(blanks));
    }

    private void Replace(int length, ReadOnlySpan<byte> replacement)
    {
        _output ??= new ArrayBufferWriter<byte>(_document.Length + 64);
        _output.Write(Bytes[_copied.._at]);
        _output.Write(replacement);
        Advance(length);
        _copied = _at;
    }

    /// <summary>Moves forward, and counts lines and columns as the reader does: in UTF-16 code units.</summary>
    private void Advance(int length)
    {
        foreach (var each in Rest[..length])
        {
            _at++;
            if (each == '\n' || (each == '\r' && (_at == Bytes.Length || Bytes[_at] != '\n')))
            {
                _line++;
                _column = 1;
            }
            else if (!IsContinuation(each))
            {
                _column += _isUtf8 && each >= 0xf0 ? 2 : 1;
            }
        }
    }

    private bool IsContinuation(byte each) => _isUtf8 && (each & 0xc0) == 0x80;
}
