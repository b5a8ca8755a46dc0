using Audrey.Core.Xml;
using static Audrey.Core.Xml.ChildShape;

namespace Audrey.Core.Deployables.Set2011;

/// <summary>The elements of deployables and assemblies in the format of 2011.</summary>
internal static class SetSchema
{
    public static readonly ElementShape Deployable = new("deployable") { AnyOrder = true, Children = [One("name"), One("assemblies")] };

    /// <summary>A deployable whose name is an attribute, as in Deployable 1.0. This is reported.</summary>
    public static readonly ElementShape NamedDeployable = new("deployable")
    {
        Optional = ["name"],
        AnyOrder = true,
        Children = [ZeroOrOne("name"), One("assemblies")],
    };

    public static readonly ElementShape Name = new("name");

    public static readonly ElementShape Assemblies = new("assemblies") { Children = [OneOrMore("assembly")] };

    public static readonly ElementShape Member = new("assembly") { Required = ["name", "type", "hwp"], Optional = ["realm"] };

    public static readonly ElementShape Assembly = new("assembly")
    {
        Required = ["name"],
        AnyOrder = true,
        Children = [One("template"), ZeroOrOne("services")],
    };

    public static readonly ElementShape Template = new("template") { Required = ["type"] };

    public static readonly ElementShape Services = new("services") { Children = [ZeroOrOne("puppet")] };

    public static readonly ElementShape Puppet = new("puppet") { Children = [OneOrMore("service")] };

    public static readonly ElementShape Service = new("service")
    {
        Required = ["name"],
        Children = [ZeroOrMore("class"), ZeroOrMore("parameter")],
    };

    public static readonly ElementShape Class = new("class") { Optional = ["name"] };

    public static readonly ElementShape Parameter = new("parameter")
    {
        Required = ["name"],
        Children = [ZeroOrOne("value"), ZeroOrOne("reference")],
    };

    public static readonly ElementShape Value = new("value");

    public static readonly ElementShape Reference = new("reference") { Required = ["assembly", "parameter"] };
}
