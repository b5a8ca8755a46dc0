using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.Core.Tokens;
using Anchor = YamlDotNet.Core.Tokens.Anchor;
using AnchorAlias = YamlDotNet.Core.Tokens.AnchorAlias;
using Scalar = YamlDotNet.Core.Tokens.Scalar;

namespace Audrey.Agent.Yaml;

/// <summary>
/// Replaces each anchor by a tag, each alias by a scalar that no text can have, and each tag by one without a prefix, and leaves directives
/// for tags out. Then the parser never looks into the name of an anchor or a prefix. This matters because such a look needs regular
/// expressions, whose interpreter is larger than the rest of YamlDotNet. The native program has neither: see
/// <c>packaging/substitutions.xml</c>.
/// </summary>
internal sealed class PlainScanner(Scanner scanner) : IScanner
{
    private const string AnchorMark = "!anchor", TagMark = "!tag", AliasMark = "*";

    private bool _isAfterProperty;

    public Mark CurrentPosition => scanner.CurrentPosition;

    public Token? Current => scanner.Current switch
    {
        Anchor anchor => new Tag("", AnchorMark, PositionOf(anchor), PositionOf(anchor)),
        Tag tag => new Tag("", TagMark, tag.Start, tag.End),
        AnchorAlias alias => new Scalar(AliasMark, ScalarStyle.Plain, PositionOf(alias), PositionOf(alias)),
        var token => token,
    };

    /// <summary>Returns whether the node has an anchor or is an alias. No plain scalar begins with a star.</summary>
    public static bool IsAnchored(NodeEvent node) => (!node.Tag.IsEmpty && node.Tag.Value == AnchorMark)
        || node is YamlDotNet.Core.Events.Scalar { Style: ScalarStyle.Plain, Value: AliasMark };

    public bool MoveNext()
    {
        ConsumeCurrent();
        return MoveNextWithoutConsuming();
    }

    public bool MoveNextWithoutConsuming()
    {
        var moved = scanner.MoveNextWithoutConsuming();

        // A node can have a tag and an anchor, but not two tags.
        while (moved && (scanner.Current is TagDirective || (_isAfterProperty && scanner.Current is Tag or Anchor)))
        {
            scanner.ConsumeCurrent();
            moved = scanner.MoveNextWithoutConsuming();
        }

        return moved;
    }

    public void ConsumeCurrent()
    {
        _isAfterProperty = scanner.Current is Tag or Anchor;
        scanner.ConsumeCurrent();
    }

    /// <summary>In the native program, the token of an anchor has no position. The scanner is shortly behind it.</summary>
    private Mark PositionOf(Token token) => token.Start.Line > 0 ? token.Start : scanner.CurrentPosition;
}
