# Signs and verifies requests with ruby-oauth. Reads a JSON array of cases from stdin and writes a JSON array of answers to stdout.
require 'json'
require 'cgi'
require 'net/http'
require 'oauth'
require 'oauth/client/net_http'
require 'oauth/request_proxy/mock_request'

FORM = 'application/x-www-form-urlencoded'
KINDS = { 'GET' => Net::HTTP::Get, 'POST' => Net::HTTP::Post, 'PUT' => Net::HTTP::Put, 'DELETE' => Net::HTTP::Delete }.freeze
SCHEMES = { 'header' => 'header', 'query' => 'query_string', 'form' => 'body' }.freeze

def url(c)
  "#{c['scheme']}://#{c['host']}#{c['path']}"
end

def sign(c)
  uri = URI.parse(url(c))
  http = Net::HTTP.new(uri.host, uri.port)
  http.use_ssl = c['scheme'] == 'https'
  request = KINDS.fetch(c['method']).new(c['query'].empty? ? c['path'] : "#{c['path']}?#{c['query']}")
  unless c['form'].empty?
    request.body = c['form']
    request['Content-Type'] = FORM
  end
  options = { scheme: SCHEMES.fetch(c['where']) }
  options[:realm] = c['realm'] if c['realm']
  request.oauth!(http, OAuth::Consumer.new(c['key'], c['secret']), nil, options)
  path, query = request.path.split('?', 2)
  { path: path, query: query || '', authorization: request['Authorization'] || '', form: request.body || '' }
end

def verify(c)
  parameters = CGI.parse([c['query'], c['form']].reject(&:empty?).join('&'))
  unless c['authorization'].empty?
    header = OAuth::Helper.parse_header(c['authorization'])
    header.each { |name, value| parameters[name] = [value] unless name == 'realm' }
  end
  request = { 'method' => c['method'], 'uri' => url(c), 'parameters' => parameters }
  { valid: OAuth::Signature.verify(request, consumer_secret: c['secret']) }
end

answers = JSON.parse($stdin.read).map { |c| c['do'] == 'sign' ? sign(c) : verify(c) }
puts JSON.generate(answers)
