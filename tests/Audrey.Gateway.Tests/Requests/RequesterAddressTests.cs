using System.Net;
using Audrey.Gateway.Requests;
using Microsoft.AspNetCore.Http;

namespace Audrey.Gateway.Tests.Requests;

public sealed class RequesterAddressTests
{
    [Theory]
    [InlineData("10.0.0.7", "10.0.0.7")]
    [InlineData("::ffff:10.0.0.7", "10.0.0.7")]
    [InlineData("2001:db8::7", "2001:db8::7")]
    [InlineData(null, "")]
    public void An_address_is_written_in_its_canonical_form(string? address, string written)
    {
        var http = new DefaultHttpContext();
        http.Connection.RemoteIpAddress = address is null ? null : IPAddress.Parse(address);
        Assert.Equal(written, RequesterAddress.Format(http));
    }
}
